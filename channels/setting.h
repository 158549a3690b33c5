/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a driver's configuration, and their checked values. */
#ifndef CHANNELS_SETTING_H
#define CHANNELS_SETTING_H

#include "routing/base/text.h"

struct channel_host;

enum setting_type { SETTING_TEXT, SETTING_SECRET, SETTING_INTEGER, SETTING_BOOLEAN, SETTING_URL };

/* One row of a driver's configuration; the list ends with name NULL. */
struct channel_setting {
	const char *name;
	enum setting_type type;
	const char *fallback; /* used when not given; NULL: it must be given */
	int64_t min, max;     /* of integers, and of the bytes of texts */
	const char *unit;     /* "s", "port", …; may be NULL */
	const char *help;     /* one sentence */
};

struct channel_values; /* the checked values of one channel */

/* Checks a JSON object against a driver's rows: unknown names, missing ones, types and bounds fail
 * with E_INVALID and a sentence that names the setting. Texts and integers may come as text. */
int channel_values_new(struct channel_values **ret, const struct channel_setting *rows,
		       struct usher_text json, struct usher_error *reterr) USHER_CHECKED;
struct channel_values *channel_values_free(struct channel_values *v); /* accepts NULL; always NULL */

/* The value of a row of the driver; another name is a programming fault. Texts are never NULL and
 * borrowed while the channel is open. */
const char *channel_text(const struct channel_host *host, const char *name);
int64_t channel_integer(const struct channel_host *host, const char *name);
bool channel_boolean(const struct channel_host *host, const char *name);

#endif
