#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Faults of the disk, put in by strace between the store and the kernel. TAP.
set -u
program=$USHER_BUILD/tests/storage/test_crash
dir=$(mktemp -d "${TMPDIR:-/tmp}/usher-inject-XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
count=0

result() { # result STATUS NAME: one line, with what was printed when it failed
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		tail -n 15 "$dir/out" | sed 's/^/# /'
	fi
}

# run NAME INJECTION: 60 commits with the fault; $status, and the lines in $dir/out
run() {
	rm -f "$dir"/usher.db*
	"$program" write "$dir/usher.db" 5 >"$dir/before" || return 1
	timeout 60 strace -f -o "$dir/trace" -e "trace=${2%%:*}" -e "inject=$2" \
		"$program" write "$dir/usher.db" 60 >"$dir/out" 2>&1
	status=$?
	acked=$(cat "$dir/before" "$dir/out" | sed -n 's/^ack //p' | tail -n 1)
	"$program" verify "$dir/usher.db" "${acked:-0}" >>"$dir/out"
	result $? "$1: what was acknowledged is there, whole and once"
}

# The full disk: some commits fail as surely not done, and those behind them succeed.
full() {
	run "$1" "$2" || return
	[ "$status" -eq 0 ] && grep -q '^io: .*full.*nothing was written' "$dir/out" &&
		! grep -q '^unknown-outcome' "$dir/out" &&
		sed -n '/^io:/,$p' "$dir/out" | grep -q '^ack'
	result $? "$1: refused with E_IO, and service resumes"
}

# The disk that cannot be trusted: the outcome is unknown, and the process ends.
broken() {
	run "$1" "$2" || return
	[ "$status" -eq 70 ] && [ "$(grep -c '^unknown-outcome: ' "$dir/out")" -eq 1 ] &&
		! grep -q '^io: ' "$dir/out"
	result $? "$1: E_UNKNOWN_OUTCOME once, then the end"
}

if ! strace -o /dev/null true 2>/dev/null; then
	echo "1..0 # SKIP strace is not installed or may not trace here"
	exit 0
fi
case $(ldd "$program") in
*libasan*)
	LSAN_OPTIONS=detect_leaks=0 # it cannot run under another tracer
	ASAN_OPTIONS=detect_leaks=0
	export LSAN_OPTIONS ASAN_OPTIONS
	;;
esac
full "disk full" "pwrite64:error=ENOSPC:when=40..60"
full "disk full again and again" "pwrite64:error=ENOSPC:when=50+9"
full "quota used up" "pwrite64:error=EDQUOT:when=40..60"
broken "failed sync" "fdatasync,fsync:error=EIO:when=12"
broken "full disk found at the sync" "fdatasync,fsync:error=ENOSPC:when=12"
broken "failed write" "pwrite64:error=EIO:when=60"
for n in 6 7 8 9 10 11; do
	broken "failed sync number $n" "fdatasync,fsync:error=EIO:when=$n+"
done

# Killed at each step of making a new database and of the first commits, and once more at the same
# step while the next start sets that right.
killed() { # killed CALL LAST STEP: at call number 1, 1 + STEP … of it
	n=1 bad=0
	while [ "$n" -le "$2" ]; do
		rm -f "$dir"/usher.db*
		: >"$dir/out"
		for _ in 1 2; do
			timeout 60 strace -f -o "$dir/trace" -e "trace=$1" \
				-e "inject=$1:signal=KILL:when=$n" \
				"$program" write "$dir/usher.db" 3 >>"$dir/out" 2>/dev/null
		done
		acked=$(sed -n 's/^ack //p' "$dir/out" | tail -n 1)
		"$program" verify "$dir/usher.db" "${acked:-0}" >>"$dir/out" || bad=1
		[ "$bad" -eq 0 ] || break
		n=$((n + $3))
	done
	result $bad "killed at each $1 up to $2"
}
step=1
[ -z "${USHER_SANITIZED:-}" ] || step=7
killed pwrite64 70 $step
killed fdatasync 24 $step
killed unlink 4 $step
echo "1..$count"
