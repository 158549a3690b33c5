# SPDX-License-Identifier: Apache-2.0
# Prints "PATH LINES" for each file and "PATH:FUNCTION LINES" for each function over the limits.
# Relies on the house format: the braces of a function stand alone in the first column.

function finish_file() {
	limit = path ~ /\.h$/ ? 250 : 600
	if (lines > limit)
		print path, lines
}

FNR == 1 {
	if (path != "")
		finish_file()
	path = FILENAME
	begin = 0
	head = ""
}
{ lines = FNR }
/^[A-Za-z_].*\(/ && !begin {
	head = $0
	sub(/\(.*/, "", head)
	sub(/.*[ *]/, "", head)
}
/^\{/ { begin = FNR }
/^\}/ && begin {
	if (FNR - begin + 1 > 70)
		print path ":" head, FNR - begin + 1
	begin = 0
}
END { if (path != "") finish_file() }
