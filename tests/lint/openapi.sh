#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs/openapi.json is well formed and describes the calls that there are, and no others. TAP.
. "${USHER_SRC:=.}/tests/lint/tap.sh"
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE

check() {
	python3 "$lint/openapi.py" "$1"
}

copy_tree() { # the files that are looked at, in $dir/tree
	rm -rf "$dir/tree"
	mkdir -p "$dir/tree/docs" "$dir/tree/gateway" "$dir/tree/routing/model"
	cp "$USHER_SRC/docs/openapi.json" "$USHER_SRC/docs/api.md" "$dir/tree/docs/"
	cp -R "$USHER_SRC/gateway/api" "$dir/tree/gateway/api"
	cp "$USHER_SRC/gateway/pages.c" "$USHER_SRC/gateway/shapes.c" "$USHER_SRC"/gateway/routing_*.c "$dir/tree/gateway/"
	cp "$USHER_SRC/routing/model/names.c" "$dir/tree/routing/model/"
}

wrong() { # wrong WHAT FILE SED WORDS: the tree after an edit that must change something
	copy_tree
	sed -i -e "$3" "$dir/tree/$2"
	if cmp -s "$USHER_SRC/$2" "$dir/tree/$2"; then
		echo "the edit changed nothing" >"$dir/found"
		result 1 "finds $1" "$dir/found"
	else
		expect_found "$1" "$4"
	fi
}

json=docs/openapi.json
expect_clean "the description and the sources agree"
wrong "a call that is not described" gateway/api/api_queues.c \
	's|^\t{"GET", "reasons".*|&\n\t{"GET", "seasons", 0, NULL, render_reasons, 0},|' 'GET /seasons is not described'
wrong "a call that there is not" $json 's|^\t\t"/reasons": {|\t\t"/seasons": {|' 'GET /seasons is described, but'
wrong "another method" $json '/^\t\t"\/me\/presence"/,/"put"/s/"put"/"post"/' 'POST /me/presence is described, but'
wrong "other roles" gateway/api/api_site.c 's/{"GET", "audit", ROLE_ADMIN/{"GET", "audit", ROLE_SUPERVISOR/' \
	'GET /audit: x-roles'
wrong "another status" gateway/api/api_users.c 's/render_user, 201/render_user, 0/' 'POST /users: answers'
wrong "a call that api.md does not tell of" docs/api.md '/^| `GET \/outbox`/d' 'api.md does not tell of GET /outbox'
wrong "a call that only api.md tells of" docs/api.md 's|^.*`GET /outbox`|\| `GET /tidings` \| admin \| \|\n&|' \
	'api.md tells of GET /tidings'
wrong "a member that is not described" gateway/api/api_contacts.c 's/\.name = "until"/.name = "till"/' 'the member till'
wrong "a member that is not read" $json 's/"extend_s": {/"prolong_s": {/' 'does not read prolong_s'
wrong "a word of an enumeration" routing/model/names.c 's/"wrap-up", "closed"/"after", "closed"/' 'ContactState:'
wrong "another word" gateway/shapes.c 's/{"lunch"/{"dinner"/' 'Reason:'
wrong "a setting that is not described" gateway/routing_settings_write.c 's/"parallel", "automatic"/"twofold", "automatic"/' \
	'QueueInput has no twofold'
wrong "a member of a step that is not described" gateway/routing_settings_read.c 's/"level_drop", "priority_raise"/"priority_raise"/' \
	'RoutingStep: no list'
wrong "an order that is not described" gateway/routing_settings.c 's/= "top-down"/= "bottom-up"/' 'Queue: the orders are'
wrong "a reference to nothing" $json 's|#/components/schemas/Presence"|#/components/schemas/Present"|' 'leads nowhere'
wrong "a schema that is not used" $json 's|^\t\t\t"Skill": {|\t\t\t"Spare": {"type": "object"},\n&|' 'Spare is not used'
wrong "an example that breaks its schema" $json 's/"example": {"priority": 1}/"example": {"priority": 10}/' \
	'the example breaks its schema'
wrong "a member that stands twice" $json 's/^\t"openapi".*/&\n\t"openapi": "3.1.0",/' 'openapi stands twice'
wrong "what is no JSON" $json '1s/{/{,/' 'openapi.json is no JSON'
echo "1..$count"
