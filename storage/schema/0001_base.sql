-- SPDX-License-Identifier: Apache-2.0
-- The tables of storage/record.h. Ids grow with time, so that rows are appended; every index ends
-- in the row's key. A message keeps a hidden row number: its bodies lie in the order of arrival,
-- and only the small index (contact, seq) is written in other places.
CREATE TABLE meta (
	name TEXT NOT NULL PRIMARY KEY,
	value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
	seq INTEGER PRIMARY KEY,
	at_us INTEGER NOT NULL,
	event BLOB NOT NULL
) STRICT;

CREATE TABLE snapshot (
	seq INTEGER PRIMARY KEY,
	at_us INTEGER NOT NULL,
	digest INTEGER NOT NULL,
	state BLOB NOT NULL
) STRICT;

CREATE TABLE contact (
	id INTEGER PRIMARY KEY,
	number INTEGER NOT NULL,
	customer INTEGER NOT NULL,
	queue INTEGER NOT NULL,
	agent INTEGER NOT NULL,
	channel INTEGER NOT NULL,
	state INTEGER NOT NULL,
	cause INTEGER NOT NULL,
	priority INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	created_us INTEGER NOT NULL,
	queued_us INTEGER NOT NULL,
	answered_us INTEGER NOT NULL,
	closed_us INTEGER NOT NULL,
	changed_us INTEGER NOT NULL,
	subject TEXT NOT NULL,
	language TEXT NOT NULL,
	wrapup TEXT NOT NULL,
	address TEXT NOT NULL,
	channel_id TEXT NOT NULL,
	fields TEXT NOT NULL
) STRICT;
CREATE INDEX contact_by_state ON contact (state);
CREATE INDEX contact_by_customer ON contact (customer);
CREATE INDEX contact_by_number ON contact (number);

CREATE TABLE message (
	contact INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	id INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	author INTEGER NOT NULL,
	agent INTEGER NOT NULL,
	channel INTEGER NOT NULL,
	at_us INTEGER NOT NULL,
	delivery INTEGER NOT NULL,
	remote_hash INTEGER NOT NULL,
	remote_id TEXT NOT NULL,
	detail TEXT NOT NULL,
	body TEXT NOT NULL,
	html TEXT NOT NULL,
	blob TEXT NOT NULL,
	fields TEXT NOT NULL,
	PRIMARY KEY (contact, seq)
) STRICT;

CREATE TABLE interaction (
	id INTEGER PRIMARY KEY,
	contact INTEGER NOT NULL,
	channel INTEGER NOT NULL,
	state INTEGER NOT NULL,
	started_us INTEGER NOT NULL,
	ended_us INTEGER NOT NULL,
	channel_id TEXT NOT NULL,
	remote_key TEXT NOT NULL,
	fields TEXT NOT NULL
) STRICT;
CREATE INDEX interaction_by_contact ON interaction (contact);
CREATE INDEX interaction_by_state ON interaction (state);

CREATE TABLE seen (
	id INTEGER PRIMARY KEY,
	hash INTEGER NOT NULL,
	contact INTEGER NOT NULL,
	message INTEGER NOT NULL,
	seq INTEGER NOT NULL
) STRICT;

CREATE TABLE thread (
	hash INTEGER PRIMARY KEY,
	contact INTEGER NOT NULL,
	at_us INTEGER NOT NULL
) STRICT;

CREATE TABLE outbox (
	id INTEGER PRIMARY KEY,
	state INTEGER NOT NULL,
	next_us INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	contact INTEGER NOT NULL,
	message_seq INTEGER NOT NULL,
	created_us INTEGER NOT NULL,
	channel_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	payload BLOB NOT NULL,
	error TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_by_contact ON outbox (contact);

CREATE TABLE fact (
	id INTEGER PRIMARY KEY,
	kind INTEGER NOT NULL,
	at_us INTEGER NOT NULL,
	contact INTEGER NOT NULL,
	queue INTEGER NOT NULL,
	agent INTEGER NOT NULL,
	cause INTEGER NOT NULL,
	number INTEGER NOT NULL,
	journal_seq INTEGER NOT NULL,
	fields TEXT NOT NULL
) STRICT;
CREATE INDEX fact_by_contact ON fact (contact);

CREATE TABLE customer (
	id INTEGER PRIMARY KEY,
	created_us INTEGER NOT NULL,
	changed_us INTEGER NOT NULL,
	name TEXT NOT NULL,
	language TEXT NOT NULL,
	fields TEXT NOT NULL
) STRICT;

CREATE TABLE address (
	channel INTEGER NOT NULL,
	value TEXT NOT NULL,
	customer INTEGER NOT NULL,
	is_verified INTEGER NOT NULL,
	seen_us INTEGER NOT NULL,
	PRIMARY KEY (channel, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX address_by_customer ON address (customer);

CREATE TABLE queue (
	id INTEGER PRIMARY KEY,
	is_removed INTEGER NOT NULL,
	agent_order INTEGER NOT NULL,
	priority INTEGER NOT NULL,
	offer_us INTEGER NOT NULL,
	wrapup_us INTEGER NOT NULL,
	target_us INTEGER NOT NULL,
	target_percent INTEGER NOT NULL,
	short_abandon_us INTEGER NOT NULL,
	is_wrapup_exclusive INTEGER NOT NULL,
	missed_max INTEGER NOT NULL,
	name TEXT NOT NULL,
	slug TEXT NOT NULL,
	fields TEXT NOT NULL
) STRICT;

CREATE TABLE skill (
	number INTEGER PRIMARY KEY,
	name TEXT NOT NULL
) STRICT;

CREATE TABLE user (
	id INTEGER PRIMARY KEY,
	created_us INTEGER NOT NULL,
	roles INTEGER NOT NULL,
	is_removed INTEGER NOT NULL,
	capacity INTEGER NOT NULL,
	login TEXT NOT NULL,
	name TEXT NOT NULL,
	password TEXT NOT NULL,
	phone TEXT NOT NULL,
	skills TEXT NOT NULL,
	queues TEXT NOT NULL,
	fields TEXT NOT NULL
) STRICT;

CREATE TABLE session (
	hash BLOB NOT NULL PRIMARY KEY,
	user INTEGER NOT NULL,
	created_us INTEGER NOT NULL,
	seen_us INTEGER NOT NULL,
	expires_us INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	label TEXT NOT NULL,
	csrf TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE channel (
	id TEXT NOT NULL PRIMARY KEY,
	kind INTEGER NOT NULL,
	is_enabled INTEGER NOT NULL,
	queue INTEGER NOT NULL,
	driver TEXT NOT NULL,
	settings TEXT NOT NULL,
	state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE code (
	code TEXT NOT NULL PRIMARY KEY,
	label TEXT NOT NULL,
	is_removed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
	id INTEGER PRIMARY KEY,
	at_us INTEGER NOT NULL,
	user INTEGER NOT NULL,
	verb TEXT NOT NULL,
	object TEXT NOT NULL,
	fields TEXT NOT NULL
) STRICT;
