# SPDX-License-Identifier: Apache-2.0
# Sourced by the lint tests. Each has a check() that prints one line per violation of the tree in
# $1, and plants violations that must be found.
# shellcheck shell=sh
set -u
LC_ALL=C
export LC_ALL
: "${USHER_SRC:=.}"
# shellcheck disable=SC2034 # used by those who source this
lint=$USHER_SRC/tests/lint
dir=$(mktemp -d "${TMPDIR:-/tmp}/usher-lint-XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
count=0

result() { # result STATUS NAME [FILE: shown when it failed]
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
		return
	fi
	echo "not ok $count - $2"
	[ $# -lt 3 ] || head -n 40 "$3" | sed 's/^/# /'
}

# The tree itself has none.
expect_clean() { # expect_clean NAME
	check "$USHER_SRC" >"$dir/found" 2>&1 && ! [ -s "$dir/found" ]
	result $? "$1" "$dir/found"
}

# plant PATH: a file of a tree of its own in $dir/tree, from standard input; begins it anew
plant() {
	rm -rf "$dir/tree"
	add "$1"
}

add() { # add PATH: one more file of it
	mkdir -p "$(dirname "$dir/tree/$1")"
	cat >"$dir/tree/$1"
}

expect_found() { # expect_found NAME WORDS: a violation with these words is found in $dir/tree
	check "$dir/tree" >"$dir/found" 2>&1
	grep -q -e "$2" "$dir/found"
	result $? "finds $1" "$dir/found"
}

expect_none() { # expect_none NAME: nothing is found in $dir/tree
	check "$dir/tree" >"$dir/found" 2>&1 && ! [ -s "$dir/found" ]
	result $? "lets pass $1" "$dir/found"
}

# sources DIR PATTERN…: the project's own files with such names, relative to DIR
sources() {
	top=$1
	shift
	for pattern in "$@"; do
		(cd "$top" && find . \( -name 'build*' -o -name node_modules -o -name dist -o \
			-name .git -o -name autom4te.cache -o -name 'usher-[0-9]*' \) -type d -prune -o \
			-name "$pattern" -type f -print)
	done | sed 's|^\./||' | sort
}
