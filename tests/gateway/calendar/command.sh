#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `usher hours check` as people and programs call it. TAP.
. "${USHER_SRC:=.}/tests/lint/tap.sh"
program=${USHER_BUILD:-build}/usher
at=at=2026-12-20T10:00:00Z
unset USHER_ZONE
LC_ALL=C.UTF-8

hours() { # hours ARGS…: output in $dir/out, faults in $dir/err, code in $code
	"$program" hours "$@" >"$dir/out" 2>"$dir/err" </dev/null
	code=$?
}

expect() { # expect NAME CODE FILE WORDS: the last call ended so, with these words
	[ "$code" -eq "$2" ] && grep -qF -e "$4" "$dir/$3"
	result $? "$1" "$dir/$3"
}

cat >"$dir/good.json" <<'JSON'
{"zone":"Europe/Helsinki",
 "week":{"mon":[["08:00","12:00"],["13:00","17:00"]],"fri":[["22:00","06:00"]],"sun":"always"},
 "exceptions":[{"date":"2026-12-24","name":"Christmas Eve","open":[["08:00","12:00"]]},
               {"date":"2026-12-25","name":"Christmas Day","open":[]}]}
JSON
echo '{"week":{"mon":[["08:00","12:00"],["11:00","17:00"]]}}' >"$dir/bad.json"

hours check "$dir/good.json" "$at"
expect "the state now" 0 out 'Sun 2026-12-20 12:00 in Europe/Helsinki: open, closes Mon 2026-12-21 00:00'
expect "a day with a break" 0 out '2026-12-21  Mon  08:00–12:00, 13:00–17:00   8:00  -'
expect "an exception" 0 out '2026-12-24  Thu  08:00–12:00                4:00  Christmas Eve'
expect "a closed day" 0 out '2026-12-25  Fri  closed                     0:00  Christmas Day'
expect "a night that begins on a Friday" 0 out '2027-01-01  Fri  22:00–06:00                2:00  -'
[ "$(grep -c '^202[67]-' "$dir/out")" -eq 14 ]
result $? "fourteen days" "$dir/out"
hours check "$dir/good.json" at=2026-10-24T12:00:00Z
expect "a day of 25 hours" 0 out '2026-10-25  Sun  00:00–24:00               25:00  -'
hours -q check "$dir/good.json" "$at"
! grep -q 'Europe/Helsinki' "$dir/out"
result $? "quiet: only the table" "$dir/out"
hours check "$dir/good.json" "$at" -o json
python3 - "$dir/out" <<'PY'
import json, sys
a = json.load(open(sys.argv[1]))
assert a["zone"] == "Europe/Helsinki" and a["is_open"] is True, a
assert a["next"] == {"at": "2026-12-20T22:00:00.000Z", "local": "Mon 2026-12-21 00:00",
                     "is_open": False}, a["next"]
assert [d["open_s"] for d in a["items"][:5]] == [86400, 28800, 0, 0, 14400], a
assert a["items"][4]["exception"] == "Christmas Eve" and len(a["items"]) == 14, a
PY
result $? "JSON for programs" "$dir/out"
hours check "$dir/good.json" "$at" -o csv
expect "CSV" 0 out '"2026-12-24","Thu","08:00–12:00","4:00","Christmas Eve"'
"$program" hours check - "$at" <"$dir/good.json" >"$dir/out" 2>"$dir/err"
code=$?
expect "standard input" 0 out 'Christmas Day'
hours check "$dir/bad.json" --set zone=Asia/Tokyo
expect "a mistake" 1 err 'bad.json: /week/mon/1: starts at 11:00, before the previous one ends at 12:00'
hours check "$dir/bad.json"
expect "no zone, here nor in the configuration" 1 err '/zone: is missing'
echo '{"week":{}}' >"$dir/never.json"
hours check "$dir/never.json" --set zone=Asia/Tokyo "$at"
expect "the zone of the configuration" 0 out 'Sun 2026-12-20 19:00 in Asia/Tokyo: closed, and stays closed'
echo '"always"' >"$dir/always.json"
hours check "$dir/always.json" "$at"
expect "always" 0 out 'in UTC: open, and stays open'
head -c 70000 /dev/zero | tr '\0' ' ' >"$dir/long.json"
echo '{' >>"$dir/long.json"
hours check "$dir/long.json"
expect "too long" 1 err 'The JSON text has 65537 bytes, allowed are 65536'
hours check "$dir/none.json"
expect "no such file" 1 err 'none.json: No such file or directory'
hours check "$dir"
expect "a folder" 1 err 'Is a directory'
hours check "$dir/good.json" at=noon
expect "no instant" 2 err 'usher hours check FILE|- [at='
hours
expect "no verb" 2 err 'usher hours check FILE|-'
echo "1..$count"
