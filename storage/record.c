/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/record.h"

/* The array has a negative size, so that nothing compiles, where an integer is not 8 bytes wide. */
#define EIGHT_BYTES(row, m) (0 * sizeof(char[sizeof(((struct row *)0)->m) == 8 ? 1 : -1]))
#define INTEGER(row, m) {#m, STORE_INTEGER, offsetof(struct row, m) + EIGHT_BYTES(row, m)}
#define STRING(row, m) {#m, STORE_TEXT, offsetof(struct row, m)}
#define BYTES(row, m) {#m, STORE_BYTES, offsetof(struct row, m)}

#define COLUMNS(row, array)                                                                        \
	.row_bytes = sizeof(struct row), .column_count = sizeof(array) / sizeof((array)[0]),       \
	.columns = (array)
#define KEY(a) {(a), -1, -1}
#define KEY2(a, b) {(a), (b), -1}

static const struct store_column meta_columns[] = {
	STRING(meta_row, name),
	BYTES(meta_row, value),
};
const struct store_table META = {"meta", COLUMNS(meta_row, meta_columns), .key = KEY(0)};

static const struct store_column journal_columns[] = {
	INTEGER(journal_row, seq),
	INTEGER(journal_row, at_us),
	BYTES(journal_row, event),
};
const struct store_table JOURNAL = {"journal", COLUMNS(journal_row, journal_columns), .key = KEY(0)};

static const struct store_column snapshot_columns[] = {
	INTEGER(snapshot_row, seq),
	INTEGER(snapshot_row, at_us),
	INTEGER(snapshot_row, digest),
	BYTES(snapshot_row, state),
};
const struct store_table SNAPSHOT = {"snapshot", COLUMNS(snapshot_row, snapshot_columns),
				     .key = KEY(0)};

static const struct store_column contact_columns[] = {
	INTEGER(contact_row, id),
	INTEGER(contact_row, number),
	INTEGER(contact_row, customer),
	INTEGER(contact_row, queue),
	INTEGER(contact_row, agent),
	INTEGER(contact_row, channel),
	INTEGER(contact_row, state),
	INTEGER(contact_row, cause),
	INTEGER(contact_row, priority),
	INTEGER(contact_row, seq),
	INTEGER(contact_row, epoch),
	INTEGER(contact_row, created_us),
	INTEGER(contact_row, queued_us),
	INTEGER(contact_row, answered_us),
	INTEGER(contact_row, closed_us),
	INTEGER(contact_row, changed_us),
	STRING(contact_row, subject),
	STRING(contact_row, language),
	STRING(contact_row, wrapup),
	STRING(contact_row, address),
	STRING(contact_row, channel_id),
	STRING(contact_row, fields),
};
const struct store_table CONTACT = {
	"contact",
	COLUMNS(contact_row, contact_columns),
	.key = KEY(0),
	.indexes = {[CONTACT_BY_STATE] = {"contact_by_state", KEY(6)},
		    [CONTACT_BY_CUSTOMER] = {"contact_by_customer", KEY(2)},
		    [CONTACT_BY_NUMBER] = {"contact_by_number", KEY(1)}},
};

static const struct store_column message_columns[] = {
	INTEGER(message_row, contact),
	INTEGER(message_row, seq),
	INTEGER(message_row, id),
	INTEGER(message_row, kind),
	INTEGER(message_row, author),
	INTEGER(message_row, agent),
	INTEGER(message_row, channel),
	INTEGER(message_row, at_us),
	INTEGER(message_row, delivery),
	INTEGER(message_row, remote_hash),
	STRING(message_row, remote_id),
	STRING(message_row, detail),
	STRING(message_row, body),
	STRING(message_row, html),
	STRING(message_row, blob),
	STRING(message_row, fields),
};
const struct store_table MESSAGE = {"message", COLUMNS(message_row, message_columns),
				    .key = KEY2(0, 1)};

static const struct store_column interaction_columns[] = {
	INTEGER(interaction_row, id),
	INTEGER(interaction_row, contact),
	INTEGER(interaction_row, channel),
	INTEGER(interaction_row, state),
	INTEGER(interaction_row, started_us),
	INTEGER(interaction_row, ended_us),
	STRING(interaction_row, channel_id),
	STRING(interaction_row, remote_key),
	STRING(interaction_row, fields),
};
const struct store_table INTERACTION = {
	"interaction",
	COLUMNS(interaction_row, interaction_columns),
	.key = KEY(0),
	.indexes = {[INTERACTION_BY_CONTACT] = {"interaction_by_contact", KEY(1)},
		    [INTERACTION_BY_STATE] = {"interaction_by_state", KEY(3)}},
};

static const struct store_column seen_columns[] = {
	INTEGER(seen_row, id),
	INTEGER(seen_row, hash),
	INTEGER(seen_row, contact),
	INTEGER(seen_row, message),
	INTEGER(seen_row, seq),
};
const struct store_table SEEN = {"seen", COLUMNS(seen_row, seen_columns), .key = KEY(0)};

static const struct store_column thread_columns[] = {
	INTEGER(thread_row, hash),
	INTEGER(thread_row, contact),
	INTEGER(thread_row, at_us),
};
const struct store_table THREAD = {"thread", COLUMNS(thread_row, thread_columns), .key = KEY(0)};

static const struct store_column outbox_columns[] = {
	INTEGER(outbox_row, id),
	INTEGER(outbox_row, state),
	INTEGER(outbox_row, next_us),
	INTEGER(outbox_row, attempts),
	INTEGER(outbox_row, contact),
	INTEGER(outbox_row, message_seq),
	INTEGER(outbox_row, created_us),
	STRING(outbox_row, channel_id),
	STRING(outbox_row, kind),
	BYTES(outbox_row, payload),
	STRING(outbox_row, error),
};
const struct store_table OUTBOX = {
	"outbox",
	COLUMNS(outbox_row, outbox_columns),
	.key = KEY(0),
	.indexes = {[OUTBOX_BY_CONTACT] = {"outbox_by_contact", KEY(4)}},
};

static const struct store_column fact_columns[] = {
	INTEGER(fact_row, id),
	INTEGER(fact_row, kind),
	INTEGER(fact_row, at_us),
	INTEGER(fact_row, contact),
	INTEGER(fact_row, queue),
	INTEGER(fact_row, agent),
	INTEGER(fact_row, cause),
	INTEGER(fact_row, number),
	INTEGER(fact_row, journal_seq),
	STRING(fact_row, fields),
};
const struct store_table FACT = {
	"fact",
	COLUMNS(fact_row, fact_columns),
	.key = KEY(0),
	.indexes = {[FACT_BY_CONTACT] = {"fact_by_contact", KEY(3)}},
};

static const struct store_column customer_columns[] = {
	INTEGER(customer_row, id),
	INTEGER(customer_row, created_us),
	INTEGER(customer_row, changed_us),
	STRING(customer_row, name),
	STRING(customer_row, language),
	STRING(customer_row, fields),
};
const struct store_table CUSTOMER = {"customer", COLUMNS(customer_row, customer_columns),
				     .key = KEY(0)};

static const struct store_column address_columns[] = {
	INTEGER(address_row, channel),
	STRING(address_row, value),
	INTEGER(address_row, customer),
	INTEGER(address_row, is_verified),
	INTEGER(address_row, seen_us),
};
const struct store_table ADDRESS = {
	"address",
	COLUMNS(address_row, address_columns),
	.key = KEY2(0, 1),
	.indexes = {[ADDRESS_BY_CUSTOMER] = {"address_by_customer", KEY(2)}},
};

static const struct store_column queue_columns[] = {
	INTEGER(queue_row, id),
	INTEGER(queue_row, is_removed),
	INTEGER(queue_row, agent_order),
	INTEGER(queue_row, priority),
	INTEGER(queue_row, offer_us),
	INTEGER(queue_row, wrapup_us),
	INTEGER(queue_row, target_us),
	INTEGER(queue_row, target_percent),
	INTEGER(queue_row, short_abandon_us),
	INTEGER(queue_row, is_wrapup_exclusive),
	INTEGER(queue_row, missed_max),
	STRING(queue_row, name),
	STRING(queue_row, slug),
	STRING(queue_row, fields),
};
const struct store_table QUEUE = {"queue", COLUMNS(queue_row, queue_columns), .key = KEY(0)};

static const struct store_column skill_columns[] = {
	INTEGER(skill_row, number),
	STRING(skill_row, name),
};
const struct store_table SKILL = {"skill", COLUMNS(skill_row, skill_columns), .key = KEY(0)};

static const struct store_column user_columns[] = {
	INTEGER(user_row, id),
	INTEGER(user_row, created_us),
	INTEGER(user_row, roles),
	INTEGER(user_row, is_removed),
	INTEGER(user_row, capacity),
	STRING(user_row, login),
	STRING(user_row, name),
	STRING(user_row, password),
	STRING(user_row, phone),
	STRING(user_row, skills),
	STRING(user_row, queues),
	STRING(user_row, fields),
};
const struct store_table USER = {"user", COLUMNS(user_row, user_columns), .key = KEY(0)};

static const struct store_column session_columns[] = {
	BYTES(session_row, hash),
	INTEGER(session_row, user),
	INTEGER(session_row, created_us),
	INTEGER(session_row, seen_us),
	INTEGER(session_row, expires_us),
	INTEGER(session_row, kind),
	STRING(session_row, label),
	STRING(session_row, csrf),
};
const struct store_table SESSION = {"session", COLUMNS(session_row, session_columns), .key = KEY(0)};

static const struct store_column channel_columns[] = {
	STRING(channel_row, id),
	INTEGER(channel_row, kind),
	INTEGER(channel_row, is_enabled),
	INTEGER(channel_row, queue),
	STRING(channel_row, driver),
	STRING(channel_row, settings),
	STRING(channel_row, state),
};
const struct store_table CHANNEL = {"channel", COLUMNS(channel_row, channel_columns), .key = KEY(0)};

static const struct store_column code_columns[] = {
	STRING(code_row, code),
	STRING(code_row, label),
	INTEGER(code_row, is_removed),
};
const struct store_table CODE = {"code", COLUMNS(code_row, code_columns), .key = KEY(0)};

static const struct store_column audit_columns[] = {
	INTEGER(audit_row, id),
	INTEGER(audit_row, at_us),
	INTEGER(audit_row, user),
	STRING(audit_row, verb),
	STRING(audit_row, object),
	STRING(audit_row, fields),
};
const struct store_table AUDIT = {"audit", COLUMNS(audit_row, audit_columns), .key = KEY(0)};

const struct store_table *const store_tables[] = {
	&META,  &JOURNAL,  &SNAPSHOT, &CONTACT, &MESSAGE, &INTERACTION, &SEEN, &THREAD,
	&OUTBOX, &FACT,    &CUSTOMER, &ADDRESS, &QUEUE,   &SKILL,       &USER,
	&SESSION, &CHANNEL, &CODE,    &AUDIT,   NULL,
};
