# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# What the manual shows, taken out of it and run. In oscore(7) a comment before a display says
# what it is: "recipe: NAME" of commands, "file: NAME" of a file.

# displays PAGE SECTION [COMMENT] - the displays of a section, without roff; with a comment only
# those behind it
displays() {
	awk -v section="$2" -v comment="$3" '
		/^\.Sh / { inside = ($0 == ".Sh " section) }
		/^\.\\" / { mark = substr($0, 5) }
		/^\.Bd -literal/ { display = inside && (comment == "" || mark == comment); next }
		/^\.Ed/ { display = 0; mark = "" }
		display {
			gsub(/\\&/, ""); gsub(/\\-/, "-"); gsub(/\\\(aq/, "\047"); gsub(/\\\(dq/, "\"")
			gsub(/\\\(ha/, "^"); gsub(/\\\(ti/, "~"); gsub(/\\(e|\(rs)/, "\\")
			print
		}
	' "$1"
}

# run_commands - "$ command" and output lines from standard input, in order in this directory;
# prints what should have come and did not. What ends with & is left to start_command.
run_commands() {
	local command="" expected="" commands=0 line
	while IFS= read -r line; do
		if [[ $line == '$ '* ]]; then
			one_command "$command" "$expected" || return 1
			command=${line#\$ } expected="" commands=$((commands + 1))
		elif [ -z "$expected" ] && goes_on "$command"; then
			command+=$'\n'$line
		else
			expected+=$line$'\n'
		fi
	done
	one_command "$command" "$expected" && [ "$commands" -gt 0 ]
}

# goes_on COMMAND - is it only the beginning of one?
goes_on() {
	[[ $1 == *\\ ]] || ! bash -n <<<"$1" 2>/dev/null
}

one_command() {
	local got
	[ -n "$1" ] || return 0
	if [[ $1 == *' &' ]]; then
		start_command "$1"
		return
	fi
	got=$(bash -c "$1" 2>&1 </dev/null 3>&- && echo x || echo x)
	got=${got%x}
	[ "$got" = "$2" ] || fail "command: $1" "expected: $2" "got:      $got"
}
