#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Lock files fix versions and checksums; where they are fetched is the machine's own matter. TAP.
. "${USHER_SRC:=.}/tests/lint/tap.sh"

check() {
	for file in $(sources "$1" package-lock.json npm-shrinkwrap.json yarn.lock .npmrc); do
		grep -nE '"?resolved"?[ :]|registry *=|https?://[^/"]*(registry|npm)' "$1/$file" |
			cut -c1-120 | sed "s|^|$file:|"
	done
	for file in $(sources "$1" package.json); do
		[ -e "$1/${file%.json}-lock.json" ] ||
			! grep -qE '"(devD|d)ependencies"' "$1/$file" ||
			echo "$file has no lock file beside it"
	done
}

expect_clean "no lock file names an address"
printf '{"packages":{"a":{"version":"1.0.0",\n"resolved": "https://example.org/a.tgz",\n"integrity":"x"}}}\n' |
	plant gateway/web/package-lock.json
expect_found "an address" '^gateway/web/package-lock.json:2'
printf '{"dependencies":{"a":"1.0.0"}}\n' | plant gateway/web/package.json
expect_found "dependencies without a lock file" '^gateway/web/package.json has no lock'
printf '{"packages":{"a":{"version":"1.0.0","integrity":"x"}}}\n' | add gateway/web/package-lock.json
expect_none "a good one"
echo "1..$count"
