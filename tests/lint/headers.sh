#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each header compiles alone, and twice. TAP.
. "${USHER_SRC:=.}/tests/lint/tap.sh"
# shellcheck disable=SC2046 # flags are words
set -- $(pkg-config --cflags libuv libwebsockets libcurl jansson libcyaml sqlite3 libsodium \
	libcrypto gmime-3.0 gumbo libesmtp-1.0 libseccomp cmocka 2>/dev/null)
flags=$*

check() {
	for header in $(sources "$1" '*.h'); do
		printf '#include "%s"\n#include "%s"\n' "$header" "$header" >"$dir/alone.c"
		# shellcheck disable=SC2086 # flags are words
		${CC:-cc} -std=gnu11 -Wall -Wextra -Werror -fsyntax-only -D_GNU_SOURCE -I"$1" \
			-I"$USHER_SRC" $flags "$dir/alone.c" 2>"$dir/messages" && continue
		echo "$header does not compile alone:"
		head -n 3 "$dir/messages"
	done
}

expect_clean "each header compiles alone, and twice"
printf 'int planted(size_t n);\n' | plant gateway/needs.h
expect_found "a header that needs another one" '^gateway/needs.h does not'
printf 'struct planted { int a; };\n' | plant gateway/twice.h
expect_found "a header without a guard" '^gateway/twice.h does not'
printf '#ifndef A_H\n#define A_H\n#include "routing/base/text.h"\nstruct a { struct usher_text t; };\n#endif\n' |
	plant gateway/good.h
expect_none "a good one"
echo "1..$count"
