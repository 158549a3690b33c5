/* SPDX-License-Identifier: Apache-2.0 */
/* Routing settings and memberships: whatever comes in, what goes to the core is within its limits;
 * what is taken comes out of the writer, and out of the journal, unchanged. */
#include "gateway/routing_settings.h"
#include "tests/channels/live/replay.h"

#define OWN_QUEUE 5
#define DOCUMENT_MAX ((size_t)1 << 20)

static bool find_queue(struct usher_text name, usher_id *ret, void *arg)
{
	return routing_names_stored.queue(name, ret, arg);
}

static bool find_skill(struct usher_text name, uint32_t *ret, void *arg)
{
	return routing_names_stored.skill(name, ret, arg);
}

static bool name_queue(usher_id queue, struct usher_buf *ret, void *arg)
{
	return routing_names_stored.queue_name(queue, ret, arg);
}

static bool name_skill(uint32_t skill, struct usher_buf *ret, void *arg)
{
	return routing_names_stored.skill_name(skill, ret, arg);
}

static const struct routing_names names = {.skill = find_skill, .queue = find_queue,
					   .skill_name = name_skill, .queue_name = name_queue,
					   .site_zone = "UTC"};

static void check_span(usher_us span)
{
	MUST(span >= 0 && span <= 400 * USHER_DAY && span % USHER_SECOND == 0);
}

static void check_ranks(const struct routing_queue_set *set)
{
	for (int p = 0; set->has_ranks && p < CONTACT_PRIORITIES; p++) {
		MUST(set->ranks[p].growth >= 1 && set->ranks[p].growth <= 10000);
		MUST(set->ranks[p].ahead_us >= -400 * USHER_DAY && set->ranks[p].ahead_us <= 400 * USHER_DAY);
	}
}

static void check_steps(const struct routing_queue_set *set)
{
	MUST(set->step_count <= ROUTING_STEPS_MAX);
	for (unsigned i = 0; i < set->step_count; i++) {
		MUST(set->steps[i].drop_count <= ROUTING_DROPS_MAX);
		MUST(set->steps[i].level_drop <= SKILL_LEVEL_MAX);
		MUST(set->steps[i].priority_raise < CONTACT_PRIORITIES);
		check_span(set->steps[i].lasts_us);
	}
}

static void check_limits(const struct routing_settings *s)
{
	const struct routing_queue_set *set = &s->set;
	MUST((unsigned)set->order < ROUTING_ORDERS && (unsigned)s->ageing < ROUTING_AGEINGS);
	MUST(set->parallel >= 1 && set->parallel <= ROUTING_PARALLEL_MAX);
	MUST(set->requirement_count <= ROUTING_REQUIREMENTS_MAX);
	for (unsigned i = 0; i < set->requirement_count; i++)
		MUST(set->requirements[i].skill != 0 && set->requirements[i].level >= 1 &&
		     set->requirements[i].level <= SKILL_LEVEL_MAX);
	check_ranks(set);
	check_steps(set);
	check_span(set->first_reply_us);
	check_span(set->reply_us);
	check_span(set->silence_us);
	check_span(set->overflow_us);
	check_span(set->absent_us);
	check_span(set->wait_max_us);
	check_span(s->rejoin_us);
	MUST(set->length_max <= SETTINGS_LENGTH_MAX && set->overflow_length <= SETTINGS_LENGTH_MAX);
	MUST(set->present_states != 0 && (set->present_states & 1 << AGENT_SIGNED_OUT) == 0);
	MUST(set->full == TREAT_OVERFLOW || set->full == TREAT_END);
	MUST((unsigned)set->expired <= TREAT_END && (unsigned)set->closed <= TREAT_END);
}

static void check_faults(const struct json_faults *faults)
{
	for (unsigned i = 0; i < faults->count && i < JSON_FAULTS_MAX; i++) {
		MUST(faults->items[i].detail[0] != '\0' && faults->items[i].rule != NULL);
		MUST(faults->items[i].pointer[0] == '/' || faults->items[i].pointer[0] == '\0');
	}
}

static void check_journal(const struct routing_settings *s)
{
	struct routing_event ev, back;
	struct usher_buf bytes = {0};
	memset(&ev, 0, sizeof ev);
	ev.kind = EV_QUEUE_SET;
	ev.queue = s->set;
	routing_event_encode(&ev, &bytes);
	MUST(bytes.n <= ROUTING_EVENT_BYTES_MAX);
	MUST(routing_event_decode(buf_text(&bytes), &back) == 0);
	MUST(back.queue.step_count == s->set.step_count);
	MUST(memcmp(back.queue.ranks, s->set.ranks, sizeof s->set.ranks) == 0);
	buf_done(&bytes);
}

static void write(const struct routing_settings *s, struct usher_buf *ret)
{
	struct json_writer w;
	json_writer_init(&w, ret);
	json_write_object(&w);
	routing_settings_write(s, &names, &w);
	json_write_object_end(&w);
}

static void check_way_back(const struct routing_settings *s)
{
	struct routing_settings again;
	struct json_faults faults = {0};
	struct usher_buf text = {0}, second = {0};
	struct json *document = NULL;
	write(s, &text);
	MUST(json_parse(&document, buf_text(&text), DOCUMENT_MAX, NULL) == 0);
	routing_settings_init(&again);
	again.set.queue = OWN_QUEUE;
	routing_settings_read(&again, document, &names, &faults);
	MUST(faults.count == 0);
	MUST(memcmp(&again.set, &s->set, sizeof again.set) == 0);
	write(&again, &second);
	MUST(text_equal(buf_text(&text), buf_text(&second)));
	json_free(document);
	routing_settings_done(&again);
	buf_done(&text);
	buf_done(&second);
}

static void check_members(const struct json *list)
{
	struct routing_member m[ROUTING_MEMBERSHIPS_MAX], back[ROUTING_MEMBERSHIPS_MAX];
	struct json_faults faults = {0};
	struct json_place at;
	struct usher_buf text = {0};
	struct json_writer w;
	memset(m, 0, sizeof m);
	memset(back, 0, sizeof back);
	json_place_init(&at, &faults);
	unsigned n = routing_members_read(&at, list, &names, m);
	MUST(n <= ROUTING_MEMBERSHIPS_MAX);
	for (unsigned i = 0; i < n; i++)
		MUST(m[i].queue != 0 && m[i].weight >= 1 && m[i].ring < ROUTING_ANY);
	json_writer_init(&w, &text);
	routing_members_write(m, n, &routing_names_stored, &w);
	MUST(routing_members_load(buf_text(&text), back) == n);
	MUST(memcmp(m, back, n * sizeof m[0]) == 0);
	check_faults(&faults);
	buf_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct routing_settings s;
	struct json_faults faults = {0};
	struct json *document = NULL;
	routing_settings_load(&s, text_slice(bytes, n));
	check_limits(&s);
	routing_settings_done(&s);
	if (json_parse(&document, text_slice(bytes, n), DOCUMENT_MAX, NULL) < 0)
		return 0;
	routing_settings_init(&s);
	s.set.queue = OWN_QUEUE;
	routing_settings_read(&s, document, &names, &faults);
	check_limits(&s);
	check_faults(&faults);
	check_journal(&s);
	if (faults.count == 0)
		check_way_back(&s);
	if (json_kind(document) == JSON_KIND_LIST)
		check_members(document);
	routing_settings_done(&s);
	json_free(document);
	return 0;
}

int main(void)
{
	return replay_main("routing");
}
