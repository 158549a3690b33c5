/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a body so that everything that is wrong with it is told at once, each fault with the
 * JSON pointer (RFC 6901) of the place, a sentence, and the rule that was broken.
 *
 * A value that is missing or null leaves *ret as it is; one that breaks a rule too, and is noted.
 */
#ifndef GATEWAY_JSON_FAULTS_H
#define GATEWAY_JSON_FAULTS_H

#include "gateway/json.h"

#define JSON_FAULTS_MAX 16 /* noted; what is more is only counted */
#define JSON_POINTER_BYTES 160

/* type, range, length, required, unknown (no such member), word (not one of the words), reference
 * (nothing goes by that name), repeated, conflict (does not go with another member), hours */
struct json_fault {
	char pointer[JSON_POINTER_BYTES];
	char detail[200];
	const char *rule;
};

struct json_faults {
	unsigned count; /* of all; items has the first JSON_FAULTS_MAX */
	struct json_fault items[JSON_FAULTS_MAX];
};

struct json_place { /* where the reader is */
	struct json_faults *faults; /* borrowed: while reading */
	char path[JSON_POINTER_BYTES];
	size_t n;
};

void json_place_init(struct json_place *at, struct json_faults *faults);
size_t json_enter(struct json_place *at, const char *member); /* what json_leave takes */
size_t json_enter_item(struct json_place *at, size_t index);
void json_leave(struct json_place *at, size_t before);

/* Notes a fault of the place itself, or of a member. */
void json_fault_here(struct json_place *at, const char *rule, const char *format, ...)
	USHER_PRINTF(3, 4);
void json_fault_of(struct json_place *at, const char *member, const char *rule, const char *format,
		   ...) USHER_PRINTF(4, 5);

/* The member when it is there and not null. */
const struct json *json_given(const struct json *object, const char *member);
/* The same, of that kind; else NULL, with a fault when it is of another one. */
const struct json *json_given_as(struct json_place *at, const struct json *object,
				 const char *member, enum json_kind kind);

void json_read_number(struct json_place *at, const struct json *object, const char *member,
		      int64_t min, int64_t max, int64_t *ret);
void json_read_boolean(struct json_place *at, const struct json *object, const char *member,
		       bool *ret);
/* The index of the text in a list of words; NULL among them stands for one that is not offered. */
void json_read_word(struct json_place *at, const struct json *object, const char *member,
		    const char *const *words, int count, int *ret);
/* Notes each member that is not one of those; the list ends with NULL. */
void json_read_only(struct json_place *at, const struct json *object, const char *const *members);

/* Puts "errors":[{"pointer","detail","rule"}] into the open object. */
void json_put_faults(struct json_writer *w, const struct json_faults *faults);

#endif
