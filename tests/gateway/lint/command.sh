#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `usher check routing` on the demo: clean while it runs and on its folder; what is planted is told,
# refused, forced. TAP.
set -u
LC_ALL=C
export LC_ALL
unset USHER_DATA_DIR USHER_TOKEN
usher=${USHER_BUILD:-build}/usher
dir=$(mktemp -d "${TMPDIR:-/tmp}/usher-lint-XXXXXX") || exit 99
pid=
stop() {
	[ -z "$pid" ] || kill "$pid" 2>/dev/null
	[ -z "$pid" ] || wait "$pid" 2>/dev/null
	pid=
}
trap 'stop; rm -rf "$dir"' EXIT
count=0

result() { # result STATUS NAME
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		sed 's/^/# /' "$dir/out" "$dir/err"
	fi
}

run() { # run ARGS: output in $dir/out, faults in $dir/err, the exit code in $code
	"$usher" --set data_dir="$dir/data" "$@" >"$dir/out" 2>"$dir/err"
	code=$?
}

gives() { # gives CODE WORDS NAME: the exit code, and words in either output
	[ "$code" -eq "$1" ] && grep -q -- "$2" "$dir/out" "$dir/err"
	result $? "$3"
}

free_port() {
	python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

run check routing
gives 0 "not checked" "without a folder nothing is checked"
: >"$dir/demo"
"$usher" --set data_dir="$dir/data" demo --port "$(free_port)" --lmtp-port "$(free_port)" \
	>"$dir/demo" 2>&1 &
pid=$!
for _ in $(seq 100); do
	grep -q "Stop with" "$dir/demo" && break
	kill -0 "$pid" 2>/dev/null || break
	sleep 0.1
done
run -o json check routing
[ "$code" -eq 0 ] && grep -q '"items":\[\],"errors":0,"warnings":0,"hints":0' "$dir/out"
result $? "the demo has no finding at all"
run check routing
gives 0 "nothing to mend" "and it is said so"
run queue add name=Night slug=night
gives 0 "usher: warning: queue night: nobody serves it" "a warning is saved and told"
run -q queue set night offer_s=21
[ "$code" -eq 0 ] && [ ! -s "$dir/err" ]
result $? "quietly it is not told"
run queue set night 'hours={"zone":"Europe/Helsinki","week":{}}'
gives 1 "never open in the next two years" "an error is refused"
grep -q -- "--force" "$dir/err"
result $? "and how to save it all the same is told"
run queue set night --force 'hours={"zone":"Europe/Helsinki","week":{}}'
gives 0 "usher: error: queue night: it is never open" "with --force it is saved, and told"
run --lang fi check routing
gives 1 "jono night: kukaan ei palvele" "told in Finnish"
run check routing --lang et
gives 1 "keegi ei teeninda seda" "told in Estonian"
run check routing --lang de
gives 2 "en, fi or et" "another language is refused"
run check nonsense
gives 2 "cannot be checked" "what cannot be checked is refused"
run check routing
cp "$dir/out" "$dir/running"
stop
run check routing
[ "$code" -eq 1 ] && cmp -s "$dir/running" "$dir/out"
result $? "the folder alone gives the same findings"
run -o csv check routing
gives 1 '^"error","hours-never","queue","night",' "as CSV"
echo "1..$count"
