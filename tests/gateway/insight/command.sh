#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `usher staffing`: its figures, its formats, its refusals. Nothing runs, nothing is opened. TAP.
set -u
LC_ALL=C
export LC_ALL
usher=${USHER_BUILD:-build}/usher
dir=$(mktemp -d "${TMPDIR:-/tmp}/usher-staffing-XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
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

run() { # run OPTIONS: output in $dir/out, faults in $dir/err, the exit code in $code
	(cd "$dir" && "$usher" staffing "$@") >"$dir/out" 2>"$dir/err"
	code=$?
}

says() { # says NAME: standard output is exactly standard input
	cat >"$dir/expected"
	[ "$code" -eq 0 ] && cmp -s "$dir/expected" "$dir/out"
	result $? "$1"
}

refuses() { # refuses WORDS OPTIONS
	words=$1
	shift
	run "$@"
	[ "$code" -eq 2 ] && [ ! -s "$dir/out" ] && grep -q "^usher: staffing: $words" "$dir/err"
	result $? "refuses $*: $words"
}

usher=$(cd "$(dirname "$usher")" && pwd)/usher
half_hour="--calls 100 --per 30min --aht 180"

# shellcheck disable=SC2086 # options are words
run $half_hour
says "100 calls of 3 minutes in half an hour" <<'END'
AGENTS   SL%   ASA  WAIT%  OCCUPANCY%  ENOUGH
    12  64.0  40.4   44.9        83.3  no
    13  79.6  17.1   28.5        76.9  no
    14  88.8   7.8   17.4        71.4  yes
    15  94.1   3.7   10.2        66.7  yes
    16  97.1   1.7    5.7        62.5  yes
END
# shellcheck disable=SC2086
run $half_hour --patience 2min --shrinkage=30
says "with callers who give up" <<'END'
AGENTS   SL%   ASA  WAIT%  OCCUPANCY%  ABANDONED%  ROSTERED  ENOUGH
    10  64.0  14.6   49.7        86.3        13.7        15  no
    11  74.2   9.8   38.3        82.3         9.4        16  no
    12  82.6   6.3   28.0        78.2         6.2        18  yes
    13  88.9   3.9   19.4        74.0         3.8        19  yes
    14  93.3   2.3   12.7        69.8         2.3        20  yes
END
# shellcheck disable=SC2086
run $half_hour --agents 9 --target 50 --occupancy-max 95 -o csv
printf '%s\r\n' '"AGENTS","SL%","ASA","WAIT%","OCCUPANCY%","ENOUGH"' '"7","0.0","-","100.0","100.0","no"' \
	'"8","0.0","-","100.0","100.0","no"' '"9","0.0","-","100.0","100.0","no"' \
	'"10","0.0","-","100.0","100.0","no"' '"11","39.0","122.8","68.2","90.9","no"' >"$dir/csv"
says "around a number that is too small, as CSV" <"$dir/csv"
# shellcheck disable=SC2086
run $half_hour -o ndjson
[ "$(wc -l <"$dir/out")" -eq 5 ] && grep -qxF '{"agents":14,"rostered":14,"service_level":88.835,"asa_s":7.836,"p_wait":17.4132,"occupancy":71.4286,"abandonment":null,"enough":true}' "$dir/out"
result $? "a line of JSON for each row, with no digit that was not there"
# shellcheck disable=SC2086
run $half_hour -o json
[ "$code" -eq 0 ] && grep -q '^{"needed":14,"rostered":14,"input":{"calls":100.000,"per_s":1800.000,"aht_s":180.000,"target":80.0000,"within_s":20.000,"occupancy_max":85.0000,"patience_s":null,"shrinkage":0.0000},"items":\[' "$dir/out"
result $? "the whole answer as JSON"
run --calls 250 --per 1h --aht 5.5min --within 30s --target 80% --occupancy-max 100
grep -q '^ *28 .*85\.7 .*yes$' "$dir/out" && grep -q '^ *27 .*no$' "$dir/out"
result $? "250 calls an hour of 330 s, 80/30: 28"
run --calls 0 --aht 180
[ "$code" -eq 0 ] && grep -q '^ *0  100.0 .*yes$' "$dir/out"
result $? "no calls, nobody needed"
run --calls 100000 --aht 180 --occupancy-max 100 --patience 60
[ "$code" -eq 0 ] && [ "$(wc -l <"$dir/out")" -eq 6 ] && ! grep -qE 'nan|inf' "$dir/out"
result $? "ten thousand agents"
refuses "calls is missing" --aht 180
refuses "aht is missing" --calls 100
refuses 'calls is "nan"' --calls nan --aht 180
refuses 'calls is "-5"' --calls -5 --aht 180
refuses 'aht is "inf"' --calls 5 --aht=inf
refuses 'aht is ""' --calls 5 --aht
refuses "aht is 0," --calls 5 --aht 0
refuses "target is 100," --calls 5 --aht 180 --target 100
refuses "occupancy-max is 101," --calls 5 --aht 180 --occupancy-max 101
refuses "agents is 1.5," --calls 5 --aht 180 --agents 1.5
refuses "calls and aht: 100000 erlang" --calls 1000000 --aht 180
refuses 'there is no parameter "speed"' --calls 5 --aht 180 --speed 3
refuses '"five" is no option' five
echo "1..$count"
