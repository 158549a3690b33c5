#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each source file names the licence in its first five lines. TAP.
. "${USHER_SRC:=.}/tests/lint/tap.sh"

check() {
	sources "$1" '*.c' '*.h' '*.inc' '*.am' '*.ac' '*.sh' '*.awk' '*.sql' '*.ts' '*.tsx' '*.mjs' \
		'*.js' '*.css' '*.py' bootstrap run |
		grep -vE '^(aclocal\.m4|build-aux/)|/corpus/' |
		while read -r file; do
			head -n 5 "$1/$file" | grep -q 'SPDX-License-Identifier: Apache-2\.0' ||
				echo "$file has no SPDX-License-Identifier: Apache-2.0"
		done
}

expect_clean "each source file names the licence"
[ "$(sources "$USHER_SRC" '*.c' | wc -l)" -gt 10 ]
result $? "there are sources to look at"
for name in gateway/a.c gateway/a.h tests/e2e/a.mjs gateway/web/src/a.tsx tests/lint/a.sh \
	storage/schema/0009_a.sql gateway/Makefile.inc; do
	echo 'nothing' | plant "$name"
	expect_found "$name without it" "^$name has no SPDX"
done
printf '#!/bin/sh\n# SPDX-License-Identifier: GPL-3.0-only\n' | plant gateway/a.sh
expect_found "another licence" '^gateway/a.sh'
printf '#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n' | plant gateway/a.sh
expect_none "a good one"
echo "1..$count"
