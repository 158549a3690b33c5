#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who may include whom. TAP.
. "${USHER_SRC:=.}/tests/lint/tap.sh"

check() {
	awk=$(cd "$lint" && pwd)/arrows.awk
	# shellcheck disable=SC2046 # no name in the tree has a blank
	(cd "$1" && awk -f "$awk" $(sources . '*.c' '*.h') /dev/null)
}

bad() { # bad PATH INCLUDE WORDS
	printf '#include %s\n' "$2" | plant "$1"
	expect_found "$2 in $1" "$3"
}

good() { # good PATH INCLUDE
	printf '#include %s\n' "$2" | plant "$1"
	expect_none "$2 in $1"
}

expect_clean "every include points the right way"
bad routing/core/core.c '"storage/store.h"' 'routing/ knows only itself'
bad routing/policy/idle.c '"channels/channel.h"' 'routing/ knows only itself'
bad routing/base/text.c '"routing/model/contact.h"' 'routing/base/ knows'
bad routing/model/names.c '"routing/core/core.h"' 'routing/model/ knows'
for header in time.h unistd.h pthread.h sys/time.h uv.h jansson.h glib.h math.h signal.h; do
	bad routing/core/core.c "<$header>" 'routing/ is pure'
done
bad storage/store.c '"routing/core/core.h"' 'storage/ knows only'
bad storage/sqlite/read.c '"gateway/log.h"' 'storage/ knows only'
bad storage/memory/store.c '"storage/sqlite/sqlite.h"' 'a driver is known only'
bad storage/store.c '"storage/sqlite/sqlite.h"' 'a driver is known only'
bad storage/store.c '<sqlite3.h>' 'SQLite is known only'
bad channels/chat/chat.c '"channels/email/mail.h"' 'an adapter is known only'
bad channels/registry.c '"channels/email/mail.h"' 'an adapter is known only'
bad channels/chat/chat.c '"storage/store.h"' 'channels/ knows only'
bad channels/chat/chat.c '"routing/core/core.h"' 'channels/ knows only'
bad channels/chat/chat.c '"gateway/http/http.h"' 'channels/ knows only'
bad channels/chat/chat.c '<libwebsockets.h>' 'libwebsockets is known only'
bad gateway/engine.c '"storage/sqlite/sqlite.h"' 'only doors of storage'
bad gateway/engine.c '"routing/core/state.h"' 'only doors of routing/core'
bad gateway/engine.c '"channels/chat/chat.h"' 'only through channels/channel.h'
bad gateway/engine.c '<libwebsockets.h>' 'libwebsockets is known only'
bad gateway/engine.c '"tests/tap.h"' 'tests are for tests'
bad gateway/engine.c '"../storage/store.h"' 'from the root'
bad gateway/engine.c '"engine.h"' 'from the root'
bad gateway/engine.c '<storage/store.h>' 'in quotation marks'
bad routing/core/core.c '  <time.h> /* a comment */' 'routing/ is pure'
bad routing/core/core.c 'CLOCK_HEADER' 'made by a macro'
good routing/core/core.c '"routing/policy/policy.h"'
good routing/core/core.c '<string.h>'
good storage/sqlite/read.c '"storage/sqlite/sqlite.h"'
good storage/sqlite/read.c '<sqlite3.h>'
good channels/chat/chat.c '"channels/chat/chat_parse.h"'
good channels/chat/chat.c '"channels/channel.h"'
good gateway/engine.c '"storage/record.h"'
good gateway/http/server.c '<libwebsockets.h>'
good tests/sim/sim.c '"storage/memory/sorted.h"'
echo "1..$count"
