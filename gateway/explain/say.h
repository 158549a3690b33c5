/* SPDX-License-Identifier: Apache-2.0 */
/* Scenes in plain sentences, in one of the languages. */
#ifndef GATEWAY_EXPLAIN_SAY_H
#define GATEWAY_EXPLAIN_SAY_H

#include "gateway/explain/scene.h"
#include "gateway/explain/texts.h"

/* How things are called. Texts are borrowed until the next call of the same function. */
struct explain_names {
	struct usher_text (*agent)(usher_id agent, void *arg);
	struct usher_text (*queue)(usher_id queue, void *arg);
	struct usher_text (*skill)(uint32_t skill, void *arg);
	struct usher_text (*contact)(usher_id contact, void *arg); /* "C-1042" */
	void *arg;
};

/* Each appends to `out`. */
void explain_say_span(struct usher_buf *out, enum explain_lang lang, usher_us span);
/* "idle 12 s longer": what the chosen one has over the other. */
void explain_say_difference(struct usher_buf *out, enum explain_lang lang,
			    const struct routing_difference *d);
/* Of one agent, without the name: "was signed out". */
void explain_say_candidate(struct usher_buf *out, enum explain_lang lang,
			   const struct explain_names *names, const struct explain_scene *s,
			   const struct explain_candidate *c);
/* Why the chosen one; nothing of a contact that waits. */
void explain_say_chosen(struct usher_buf *out, enum explain_lang lang,
			const struct explain_names *names, const struct explain_scene *s);
/* How long it waited, where it stood, who comes after it and whom it passed. */
void explain_say_place(struct usher_buf *out, enum explain_lang lang,
		       const struct explain_names *names, const struct explain_scene *s);
/* What keeps a waiting contact from everybody; may append nothing. */
void explain_say_wait(struct usher_buf *out, enum explain_lang lang,
		      const struct explain_names *names, const struct explain_scene *s);

#endif
