#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each folder with C sources has a README of at most 60 lines; links between documents lead
# somewhere, headings included. TAP.
. "${USHER_SRC:=.}/tests/lint/tap.sh"

# The anchors of a document, as hosts of repositories make them from its headings.
anchors() {
	awk '/^```/ { is_code = !is_code } /^#+ / && !is_code {
		sub(/^#+ +/, ""); $0 = tolower($0); gsub(/[^a-z0-9 _-]/, ""); gsub(/ /, "-"); print
	}' "$1"
}

# Links that are no pictures and no addresses: TARGET or TARGET#ANCHOR, a line each.
links() {
	awk '/^```/ { is_code = !is_code } !is_code {
		gsub(/!\[[^]]*\]\([^)]*\)/, "")
		while (match($0, /\]\([^)]+\)/)) {
			print substr($0, RSTART + 2, RLENGTH - 3)
			$0 = substr($0, RSTART + RLENGTH)
		}
	}' "$1" | grep -vE '^[a-z]+:'
}

check_links() { # check_links TREE FILE
	links "$1/$2" | while read -r link; do
		target=${link%%#*} anchor=
		case $link in *'#'*) anchor=${link#*#} ;; esac
		path=$1/$(dirname "$2")/$target
		[ -n "$target" ] || path=$1/$2
		if ! [ -e "$path" ]; then
			echo "$2: $link leads nowhere"
		elif [ -n "$anchor" ] && ! anchors "$path" | grep -qx -e "$anchor"; then
			echo "$2: there is no heading for $link"
		fi
	done
}

check() {
	sources "$1" '*.c' | grep / | sed 's|/[^/]*$||' | sort -u | while read -r folder; do
		[ -e "$1/$folder/README.md" ] || echo "$folder has no README.md"
	done
	sources "$1" 'README.md' | grep / | while read -r file; do
		lines=$(wc -l <"$1/$file")
		[ "$lines" -le 60 ] || echo "$file has $lines lines: at most 60"
	done
	sources "$1" '*.md' | while read -r file; do
		check_links "$1" "$file"
	done
}

expect_clean "each folder has its README, and links lead somewhere"
[ "$(links "$USHER_SRC/README.md" | wc -l)" -ge 5 ]
result $? "there are links to follow"
echo 'int a;' | plant gateway/new/a.c
expect_found "a folder without a README" '^gateway/new has no README.md'
{ echo '# new'; awk 'BEGIN { while (n++ < 60) print "x" }'; } | plant gateway/new/README.md
expect_found "a README that is too long" '^gateway/new/README.md has 61 lines'
printf '# A\n[b](docs/b.md)\n' | plant README.md
expect_found "a link to nothing" 'README.md: docs/b.md leads nowhere'
printf '# A\n[b](docs/b.md#two-words)\n' | plant README.md
printf '# B\n```\n# Two words\n```\n' | add docs/b.md
expect_found "a heading that there is not" 'no heading for docs/b.md#two-words'
printf '# B\n## Two words\n[up](../README.md) [here](#b) [out](https://example.com/x)\n' | add docs/b.md
expect_none "good ones"
echo "1..$count"
