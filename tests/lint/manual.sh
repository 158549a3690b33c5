#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the program and its drivers offer stands in the manual, and nothing else. TAP.
. "${USHER_SRC:=.}/tests/lint/tap.sh"
program=${USHER_BUILD:-build}/usher

check() {
	"$program" --help >"$dir/help" || echo "$program --help does not work"
	# shellcheck disable=SC2046 # no name in the tree has a blank
	(cd "$USHER_SRC" && LC_ALL=C.UTF-8 awk -f tests/lint/manual.awk "$dir/help" "$top_of/man/usher.1" \
		"$top_of/man/usher.yaml.5" "$top_of/docs/admin.md" $(sources . '*.c' | grep '^channels/.*/'))
}

missing() { # missing WHAT FILE SED WORDS: the manual after an edit, and what is found then
	top_of=$dir/tree
	rm -rf "$top_of"
	mkdir -p "$top_of/docs"
	cp -R "$USHER_SRC/man" "$top_of/man"
	cp "$USHER_SRC/docs/admin.md" "$top_of/docs/"
	sed -i -e "$3" "$top_of/$2"
	expect_found "$1" "$4"
}

top_of=$(cd "$USHER_SRC" && pwd)
expect_clean "the manual tells of each command, option, exit code and setting"
missing "a command that is not told of" man/usher.1 '/^\.It Ic explain/d' 'does not tell of usher explain'
missing "a verb that is not told of" man/usher.1 '/^\.It Ic queue figures/d' 'tell of usher queue figures'
missing "a verb that there is not" man/usher.1 's/^\.It Ic queue list/&\n.It Ic queue dance/' 'tells of usher queue dance,'
missing "an option that is not told of" man/usher.1 '/^\.It Fl Fl yes/d' 'tell of the option --yes'
missing "an exit code that is not told of" man/usher.1 '/^\.It 77/d' 'exit code 77'
missing "a key that is not told of" man/usher.yaml.5 '/^\.It Ic zone/d' 'usher.yaml.5 does not tell of zone'
missing "a key that there is not" man/usher.yaml.5 's/^\.It Ic zone/.It Ic zones/' 'tells of zones,'
missing "a wrong default" man/usher.yaml.5 's/^Default: 20000/Default: 2000/' 'default of connections_max is 20000'
missing "a key that the administrator is not told of" docs/admin.md '/^| `log_level`/d' 'admin.md does not tell of log_level'
missing "a channel setting that is not told of" docs/admin.md '/^| `ring_timeout_s`/d' 'ring_timeout_s of telephony'
missing "a channel setting that there is not" docs/admin.md 's/^| `turn_ttl_s`/| `turn_tls` |\n&/' 'turn_tls of video, which'
echo "1..$count"
