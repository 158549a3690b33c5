/* SPDX-License-Identifier: Apache-2.0 */
/* Explanations as docs/api.md has them, with their sentences. */
#ifndef GATEWAY_EXPLAIN_EXPLAIN_JSON_H
#define GATEWAY_EXPLAIN_EXPLAIN_JSON_H

#include "gateway/explain/history.h"
#include "gateway/explain/say.h"
#include "gateway/gateway.h"
#include "gateway/json.h"

/* The names of the site. */
struct explain_names explain_site_names(struct gateway *g);

/* One object. */
void explain_json_decision(struct json_writer *w, struct gateway *g, enum explain_lang lang,
			   const struct explain_decision *d);
/* Of a contact that waits. */
void explain_json_waiting(struct json_writer *w, struct gateway *g, enum explain_lang lang,
			  const struct explain_scene *s);

#endif
