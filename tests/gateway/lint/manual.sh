#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every finding stands in the manual with its severity, and none that there is not. TAP.
set -u
LC_ALL=C
export LC_ALL
src=${USHER_SRC:-.}
dir=$(mktemp -d "${TMPDIR:-/tmp}/usher-lint-XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT

codes() {
	sed -n 's/^\tX([A-Z_]*, "\([a-z-]*\)", \([A-Z]*\)).*/\1 \2/p' "$src/gateway/lint/codes.h" |
		tr 'A-Z' 'a-z' | sort
}

table() { # table FILE
	sed -n '/^### Routing findings/,/^## /s/^| `\([a-z-]*\)` | \([a-z]*\) |.*/\1 \2/p' "$1" | sort
}

codes >"$dir/codes"
table "$src/docs/admin.md" >"$dir/table"
if [ "$(wc -l <"$dir/codes")" -gt 40 ] && diff "$dir/codes" "$dir/table" >"$dir/diff"; then
	echo "ok 1 - the manual has every finding with its severity"
else
	echo "not ok 1 - the manual has every finding with its severity"
	sed 's/^/# /' "$dir/diff"
fi
sed 's/^| `tier-mixed` | warning/| `tier-mixed` | hint/' "$src/docs/admin.md" >"$dir/changed"
table "$dir/changed" >"$dir/table"
if diff "$dir/codes" "$dir/table" >/dev/null; then
	echo "not ok 2 - finds a wrong severity"
else
	echo "ok 2 - finds a wrong severity"
fi
sed '/^| `tier-mixed`/d' "$src/docs/admin.md" >"$dir/changed"
table "$dir/changed" >"$dir/table"
if diff "$dir/codes" "$dir/table" >/dev/null; then
	echo "not ok 3 - finds a finding that is not told of"
else
	echo "ok 3 - finds a finding that is not told of"
fi
echo "1..3"
