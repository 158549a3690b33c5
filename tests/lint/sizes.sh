#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Functions of at most 70 lines, .c files of 600, headers of 250. TAP.
. "${USHER_SRC:=.}/tests/lint/tap.sh"
exceptions=$lint/sizes.txt

check() {
	awk=$(cd "$lint" && pwd)/sizes.awk
	grep -v '^#' "$exceptions" | sort >"$dir/allowed"
	# shellcheck disable=SC2046 # no name in the tree has a blank
	(cd "$1" && awk -f "$awk" $(sources . '*.c' '*.h') /dev/null) | sort >"$dir/long"
	awk '
	FILENAME == ARGV[1] { allowed[$1] = $2; next }
	!($1 in allowed) { print $1 " has " $2 " lines: split it"; next }
	{ seen[$1] = 1 }
	$2 > allowed[$1] { print $1 " has grown from " allowed[$1] " to " $2 " lines: split it" }
	$2 < allowed[$1] { print $1 " has shrunk to " $2 " lines: write that into sizes.txt" }
	END {
		for (name in allowed)
			if (!(name in seen))
				print name " is within the limits now: take it out of sizes.txt"
	}' "$dir/allowed" "$dir/long"
}

lines() { # lines N: so many lines of nothing
	awk -v n="$1" 'BEGIN { while (n-- > 0) print "\t;" }'
}

function_of() { # function_of N: a function whose braces span N lines
	echo 'static int planted(int a,'
	echo '		   int b)'
	echo '{'
	lines $(($1 - 2))
	echo '}'
}

expect_clean "nothing is longer than a screenful of thought"
lines 601 | plant gateway/long.c
expect_found "a long file" '^gateway/long.c has 601 lines'
lines 251 | plant gateway/long.h
expect_found "a long header" '^gateway/long.h has 251 lines'
function_of 71 | plant routing/core/long.c
expect_found "a long function" '^routing/core/long.c:planted has 71 lines'
{ lines 500; function_of 70; lines 28; } | plant storage/good.c
: >"$dir/none"
exceptions=$dir/none
expect_none "what is just at the limit"
echo 'gateway/long.c 601' >"$dir/exceptions"
exceptions=$dir/exceptions
lines 601 | plant gateway/long.c
expect_none "an exception"
lines 602 | plant gateway/long.c
expect_found "an exception that grows" 'has grown from 601 to 602'
lines 600 | plant gateway/long.c
expect_found "an exception that is not needed" 'take it out'
lines 610 | plant gateway/long.c
echo 'gateway/long.c 640' >"$dir/exceptions"
expect_found "an exception that has shrunk" 'has shrunk to 610'
echo "1..$count"
