# SPDX-License-Identifier: Apache-2.0
# Holds what the program says of itself against the manual. Files in order: the output of
# `usher --help`, man/usher.1, man/usher.yaml.5, docs/admin.md, then the drivers' sources.

function fault(text) {
	print text
}

# What an item of a manual page is about: its words up to the first macro or argument.
function subject(line,    words, n, i, text) {
	n = split(line, words, /[ \t]+/)
	for (i = 1; i <= n; i++) {
		if (words[i] ~ /^(Ar|Op|Oo|Cm|Ns|Fl|Ic)$/ || words[i] !~ /^[a-z_-]+$/)
			break
		text = text (i > 1 ? " " : "") words[i]
	}
	return text
}

# Names in back quotes in the first cell of a row.
function names_of(row, section,    cell, cells) {
	split(row, cells, "|")
	cell = cells[2]
	while (match(cell, /`[a-z_]+`/)) {
		told[section, substr(cell, RSTART + 1, RLENGTH - 2)] = 1
		cell = substr(cell, RSTART + RLENGTH)
	}
}

FNR == 1 { file++; part = "" }

# usher --help
file == 1 && /^[a-z].*:$/ { part = $1; next }
file == 1 && part == "commands:" && /^  [a-z]/ { command[$1] = 1 }
file == 1 && part == "about" && /^  [a-z]/ { command[$1 " " $2] = 1 }
file == 1 && part == "options:" && /^  -/ {
	line = substr($0, 1, 20)
	while (match(line, /--?[a-z]+/)) {
		option[substr(line, RSTART, RLENGTH)] = 1
		line = substr(line, RSTART + RLENGTH)
	}
}
file == 1 && part == "settings" && /^  [a-z]/ {
	fallback = $0
	sub(/.*\(default: /, "", fallback)
	sub(/\)$/, "", fallback)
	key[$1] = fallback
}
file == 1 && /^exit codes:/ {
	line = $0
	while (match(line, /[0-9]+ /)) {
		exit_code[substr(line, RSTART, RLENGTH - 1)] = 1
		line = substr(line, RSTART + RLENGTH)
	}
}

# man/usher.1
file == 2 && /^\.It Ic / { item[subject(substr($0, 8))] = 1 }
file == 2 && /^\.It Fl / {
	line = $0
	gsub(/Fl Fl /, "--", line)
	gsub(/Fl /, "-", line)
	while (match(line, /--?[a-z]+/)) {
		item_option[substr(line, RSTART, RLENGTH)] = 1
		line = substr(line, RSTART + RLENGTH)
	}
}
file == 2 && /^\.It [0-9]+$/ { item_code[$2] = 1 }

# man/usher.yaml.5
file == 3 && /^\.It Ic / { at = $3; item_key[at] = 1 }
file == 3 && /^Default: / { item_default[at] = substr($0, 10, length($0) - 10) }

# docs/admin.md
file == 4 && /^##/ { part = $0; sub(/^#+ /, "", part) }
file == 4 && /^\| `/ { names_of($0, part) }

# channels/NAME/*.c
file >= 5 && /^\t\{"[a-z_]+", SETTING_/ {
	split(FILENAME, path, "/")
	driver = path[length(path) - 1]
	split($0, words, "\"")
	setting[driver, words[2]] = 1
}

END {
	section["email"] = "E-mail"; section["chat"] = "Chat"
	section["telephony"] = "Telephone"; section["video"] = "Video"
	for (c in command) {
		commands++
		if (!(c in item))
			fault("man/usher.1 does not tell of usher " c)
	}
	for (c in item)
		if (!(c in command))
			fault("man/usher.1 tells of usher " c ", which there is not")
	for (o in option)
		if (!(o in item_option))
			fault("man/usher.1 does not tell of the option " o)
	for (c in exit_code)
		if (!(c in item_code))
			fault("man/usher.1 does not tell of the exit code " c)
	for (k in key) {
		keys++
		if (!(k in item_key))
			fault("man/usher.yaml.5 does not tell of " k)
		else if (key[k] != "none" && item_default[k] != key[k])
			fault("man/usher.yaml.5: the default of " k " is " key[k])
		if (!(("usher.yaml", k) in told))
			fault("docs/admin.md does not tell of " k)
	}
	for (k in item_key)
		if (!(k in key))
			fault("man/usher.yaml.5 tells of " k ", which there is not")
	for (s in setting) {
		settings++
		split(s, p, SUBSEP)
		if (!((section[p[1]], p[2]) in told))
			fault("docs/admin.md does not tell of the setting " p[2] " of " p[1])
	}
	for (t in told) {
		split(t, p, SUBSEP)
		for (driver in section)
			if (section[driver] == p[1] && !((driver, p[2]) in setting))
				fault("docs/admin.md tells of the setting " p[2] " of " driver ", which there is not")
	}
	if (commands < 20 || keys < 10 || settings < 20)
		fault("the program's own list was not understood")
}
