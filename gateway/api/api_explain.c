/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/api_explain.h"

#include "gateway/explain/explain_json.h"
#include "gateway/explain/explainer.h"

/* The core is at the instant of its last event; the clock may be a little further on. */
static void put_waiting(struct api_call *c, struct json_writer *w, enum explain_lang lang, usher_id contact,
			bool all)
{
	struct explain_scene scene;
	const struct routing *r = engine_routing(c->g->engine);
	json_write_key(w, "waiting");
	if (explain_scene_make(&scene, r, EXPLAIN_WAITING, contact, 0, gateway_now(), all) < 0) {
		json_write_null(w);
		return;
	}
	if (scene.view.state == CONTACT_WAITING)
		explain_json_waiting(w, c->g, lang, &scene);
	else
		json_write_null(w);
	explain_scene_done(&scene);
}

static enum explain_lang language_of(struct api_call *c)
{
	struct usher_text wish = api_query(c, "lang");
	return explain_lang_pick(wish.n > 0 ? wish : c->language);
}

static bool wants_all(struct api_call *c)
{
	return text_equal(api_query(c, "all"), TEXT("1"));
}

static void write_answer(struct api_call *c, const struct contact *contact, const struct explain_history *h)
{
	struct json_writer w;
	struct usher_buf out = {0};
	enum explain_lang lang = language_of(c);
	json_writer_init(&w, &out);
	json_write_object(&w);
	json_put_id(&w, "contact", contact->row.id, &c->g->id_key);
	json_put_string(&w, "language", explain_lang_name(lang));
	json_put_int(&w, "decisions", h->total);
	json_put_int(&w, "left_off", h->left_off);
	json_put_list(&w, "offers");
	for (unsigned i = 0; i < h->count; i++)
		explain_json_decision(&w, c->g, lang, &h->items[i]);
	json_write_list_end(&w);
	put_waiting(c, &w, lang, contact->row.id, wants_all(c));
	json_write_object_end(&w);
	c->text = arena_text(&c->arena, buf_text(&out));
	buf_done(&out);
}

static void on_history(int code, const char *reason, const struct explain_history *h, void *arg)
{
	struct api_call *c = arg;
	struct contact *contact = code == 0 && c->g->engine != NULL ? book_contact(c->g->book, c->id) : NULL;
	bool is_own = contact != NULL && (contact->row.agent == c->who.user || h->is_of_agent);
	if (code < 0)
		api_refuse(c, code, "%s", reason);
	else if (contact == NULL)
		api_refuse(c, E_AGAIN, "Usher is going down; ask again");
	else if (!is_own && !api_is_supervisor(c))
		api_refuse(c, E_DENIED, "this contact was never yours: ask a supervisor");
	else
		write_answer(c, contact, h);
	api_answer(c);
}

void explain_start(struct api_call *c)
{
	struct usher_text number = api_query(c, "decision");
	uint64_t decision = 0;
	struct contact *contact = api_contact(c, c->args[0]);
	bool is_bad = number.n > 0 && (text_to_u64(number, &decision) < 0 || decision == 0 ||
				       decision > EXPLAIN_NUMBER_MAX);
	if (is_bad)
		api_refuse(c, E_INVALID, "decision: a number from 1 to %d", EXPLAIN_NUMBER_MAX);
	if (contact == NULL || is_bad) {
		api_answer(c);
		return;
	}
	c->id = contact->row.id;
	const struct explain_wish wish = {.contact = contact->row.id, .agent = c->who.user,
					  .decision = (unsigned)decision, .all = wants_all(c)};
	explainer_ask(c->g->explainer, &wish, on_history, c);
}
