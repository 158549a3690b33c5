#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The core takes nothing from outside but what purity.txt names. TAP.
. "${USHER_SRC:=.}/tests/lint/tap.sh"

# check LIBRARY: the names its files miss and no other of its files has, and its variables. (A table
# of constants with addresses in it lies in .data.rel.ro, which is no variable.)
check() {
	objdump -t "$1" | awk '
	/:  *file format/ { file = $1; sub(/:$/, "", file) }
	/ O \.(data|bss|tdata|tbss)[ \t]/ && !/__(asan|odr_asan|ubsan)/ {
		print file " keeps a state of its own: " $NF
	}'
	nm -A "$1" | awk -v library="$1" '
	FNR == NR { # the allow-list
		if ($1 !~ /^#/) {
			allowed[$1] = 1
			for (i = 2; i <= NF; i++)
				only[$1] = only[$1] " " $i
		}
		next
	}
	{ # LIBRARY:FILE:VALUE KIND NAME, the value empty for what is missing
		at = substr($0, length(library) + 2)
		file = at
		sub(/:.*/, "", file)
		kind = $(NF - 1)
		if (kind == "U" || kind == "w" || kind == "v")
			missing[file " " $NF] = 1
		else
			own[$NF] = 1
	}
	END {
		for (pair in missing) {
			split(pair, p, " ")
			if (p[2] in own || p[2] ~ /^(__asan_|__ubsan_|__sanitizer_)/)
				continue
			if (!(p[2] in allowed) || (p[2] in only && index(only[p[2]] " ", " " p[1] " ") == 0))
				print p[1] " uses " p[2]
		}
	}' "$lint/purity.txt" - | sort
}

library=$USHER_BUILD/librouting.a
check "$library" >"$dir/found" 2>&1 && ! [ -s "$dir/found" ]
result $? "librouting.a is pure" "$dir/found"
[ "$(nm "$library" 2>/dev/null | grep -c ' T ')" -gt 10 ]
result $? "librouting.a is not empty"

impure() { # impure WHAT CODE WORDS
	printf '%s\n' "$2" >"$dir/planted.c"
	cp "$library" "$dir/planted.a"
	${CC:-cc} -c -o "$dir/planted.o" "$dir/planted.c" && ar r "$dir/planted.a" "$dir/planted.o" &&
		check "$dir/planted.a" >"$dir/found" 2>&1
	grep -q -e "$3" "$dir/found"
	result $? "finds $1" "$dir/found"
}

impure "a clock" '#include <time.h>
long planted(void) { return (long)time(0); }' 'planted.o uses time'
impure "another clock" '#include <time.h>
int planted(struct timespec *t) { return clock_gettime(CLOCK_REALTIME, t); }' 'uses clock_gettime'
impure "output" '#include <stdio.h>
void planted(int n) { printf("%d\n", n); }' 'uses printf'
impure "a file" '#include <fcntl.h>
int planted(void) { return open("/dev/null", 0); }' 'uses open'
impure "a thread" '#include <pthread.h>
int planted(pthread_mutex_t *m) { return pthread_mutex_lock(m); }' 'uses pthread_mutex_lock'
impure "an allocation in another file than memory.c" '#include <stdlib.h>
void *planted(void) { return malloc(7); }' 'planted.o uses malloc'
impure "chance" '#include <stdlib.h>
int planted(void) { return rand(); }' 'uses rand'
impure "the environment" '#include <stdlib.h>
char *planted(void) { return getenv("HOME"); }' 'uses getenv'
impure "a global variable" 'int planted_count = 1;' 'planted.o keeps a state of its own: planted_count'
impure "a static variable of a function" 'int planted(void) { static int n; return n++; }' 'keeps a state of its own: n\.'
echo "1..$count"
