# SPDX-License-Identifier: Apache-2.0
# Turns the migrations, given in order, into one C file. Their numbers must be 1, 2, 3 ...
BEGIN {
	print "/* Made by storage/schema.awk from storage/schema/. */"
	print "#include \"storage/sqlite/migrate.h\""
	print ""
	print "const struct sqlite_migration sqlite_migrations[] = {"
}
FNR == 1 {
	if (count > 0)
		print "\t},"
	name = FILENAME
	sub(/.*\//, "", name)
	if (substr(name, 1, 4) + 0 != ++count || name !~ /^[0-9][0-9][0-9][0-9]_[a-z_]+\.sql$/) {
		print "storage/schema: " name " should be number " count > "/dev/stderr"
		is_wrong = 1
		exit 1
	}
	print "\t{\"" name "\","
}
/\\/ {
	print "storage/schema: " name ": a backslash is not handled here" > "/dev/stderr"
	is_wrong = 1
	exit 1
}
{
	gsub(/"/, "\\\"")
	gsub(/\t/, "\\t")
	print "\t \"" $0 "\\n\""
}
END {
	if (is_wrong)
		exit 1
	print "\t},"
	print "};"
	print "const int sqlite_migration_count = " count ";"
}
