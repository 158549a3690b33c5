# SPDX-License-Identifier: Apache-2.0
# Reads the include lines of the files it is given (paths from the tree's root) and prints each one
# that points the wrong way. The rules are those of the table in README.md of this folder.

function fault(why) {
	print FILENAME ":" FNR ": includes " name ": " why
}

# Whether the project header may be included from this file.
function check_project(    folder) {
	if (part[1] == "tests")
		return
	if (name ~ /^tests\//)
		fault("tests are for tests")
	else if (part[1] == "routing" && name !~ /^routing\//)
		fault("routing/ knows only itself")
	else if (part[1] == "routing" && part[2] == "base" && name !~ /^routing\/base\//)
		fault("routing/base/ knows only itself")
	else if (part[1] == "routing" && part[2] == "model" && name !~ /^routing\/(base|model)\//)
		fault("routing/model/ knows only itself and routing/base/")
	else if (part[1] == "storage")
		check_storage()
	else if (part[1] == "channels")
		check_channels()
	else if (part[1] == "gateway" && name ~ /^storage\// &&
		 name !~ /^storage\/(store|record|blob)\.h$/)
		fault("store.h, record.h and blob.h are the only doors of storage/")
	else if (part[1] == "gateway" && name ~ /^routing\/core\// &&
		 name !~ /^routing\/core\/(core|event|account)\.h$/)
		fault("core.h, event.h and account.h are the only doors of routing/core/")
	else if (part[1] == "gateway" && name ~ /^channels\/.*\//)
		fault("the gateway knows adapters only through channels/channel.h")
}

function check_storage() {
	if (name !~ /^(routing\/(base|model)|storage)\//)
		fault("storage/ knows only itself, routing/base/ and routing/model/")
	else if (name ~ /^storage\/.*\// && name !~ ("^storage/" part[2] "/"))
		fault("a driver is known only to itself")
}

function check_channels() {
	if (name !~ /^(routing\/(base|model)|channels)\//)
		fault("channels/ knows only itself, routing/base/ and routing/model/")
	else if (name ~ /^channels\/.*\// && name !~ ("^channels/" part[2] "/"))
		fault("an adapter is known only to itself")
}

function check_system() {
	if (part[1] == "routing" &&
	    name !~ /^(assert|limits|inttypes|std(align|arg|bool|def|int|io|lib|noreturn)|string)\.h$/)
		fault("routing/ is pure: no clock, thread, system call or library")
	if (name ~ /^sqlite3/ && part[1] != "tests" && FILENAME !~ /^storage\/sqlite\//)
		fault("SQLite is known only to storage/sqlite/")
	if (name ~ /^libwebsockets/ && part[1] != "tests" && FILENAME !~ /^gateway\/http\//)
		fault("libwebsockets is known only to gateway/http/")
	if (name ~ /^(uv|uv\/.*)\.h$/ && part[1] != "tests" && part[1] != "gateway")
		fault("the loop is known only to gateway/")
}

FNR == 1 { split(FILENAME, part, "/") }

/^[ \t]*#[ \t]*include/ {
	name = $0
	if (name ~ /"/) {
		sub(/^[^"]*"/, "", name)
		sub(/".*/, "", name)
		if (name ~ /\.\./ || name !~ /^(routing|storage|channels|gateway|tests)\//)
			fault("write it from the root of the tree")
		else
			check_project()
	} else if (name ~ /</) {
		sub(/^[^<]*</, "", name)
		sub(/>.*/, "", name)
		if (name ~ /^(routing|storage|channels|gateway|tests)\//)
			fault("the project's own headers stand in quotation marks")
		check_system()
	} else
		fault("a name made by a macro cannot be checked")
}
