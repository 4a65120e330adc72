#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# The manual and the README say what the programs do.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper
load manual
load net

# long_options - the long options in a text, as in "--name", one a line
long_options() {
	grep -oE -e '(^|[^-[:alnum:]])--[a-z][a-z-]*' | sed 's/.*--//' | sort -u
}

# options_in_program PROGRAM
options_in_program() {
	"$1" --list-options | long_options
}

# options_in_manual PROGRAM - those that have an item of their own
options_in_manual() {
	grep '^\.It .*Fl -' "$ROOT/man/$1.1" | grep -oE 'Fl -[a-z][a-z-]*' | sed 's/Fl -//' | sort \
		-u
}

@test "the options of program, help and manual are the same" {
	for program in "${PROGRAMS[@]}"; do
		options=$(options_in_program "$program")
		[ "$(wc -l <<<"$options")" -ge 4 ] || fail "$program: $options"
		equal "$("$program" --help | long_options)" "$options"
		equal "$(options_in_manual "$program")" "$options"
	done
}

@test "short options in help and manual are the same" {
	for program in "${PROGRAMS[@]}"; do
		options=$(grep -oE '^\.It Fl [a-zA-Z]( |$)' "$ROOT/man/$program.1" | cut -c 8 | sort -u)
		[ -n "$options" ]
		equal "$("$program" --help | grep -oE -e '(^|[ ,[])-[a-zA-Z]\b' | sed 's/.*-//' | sort -u)" \
			"$options"
	done
}

@test "every option in the manual is accepted or wants its argument, others are unknown" {
	for program in "${PROGRAMS[@]}"; do
		for option in $(options_in_manual "$program"); do
			run --separate-stderr "$program" "--$option" </dev/null
			if grep -qiE 'unrecognized|unknown option|invalid option' <<<"$stderr"; then
				fail "$program --$option"
			fi
		done
		run -2 --separate-stderr "$program" --import
		said "import"
	done
}

@test "the manual pages are clean" {
	for page in "$ROOT"/man/*.[157]; do
		run -0 --separate-stderr mandoc -T lint -W warning "$page"
		prints ""
	done
}

@test "each program has a page that is named and linked" {
	for program in "${PROGRAMS[@]}"; do
		grep -q "^\.Nm $program\$" "$ROOT/man/$program.1"
		grep -q "^\.Sh EXIT STATUS" "$ROOT/man/$program.1"
		grep -q "^\.Sh EXAMPLES" "$ROOT/man/$program.1"
	done
	# whatever is referred to and ours exists
	grep -hoE '^\.Xr oscore[a-z-]* [0-9]' "$ROOT"/man/*.[157] | sort -u | while read -r _ name \
		section; do
		[ -f "$ROOT/man/$name.$section" ] || fail "$name($section)"
	done
}

@test "the exit statuses in the manual are those of the interface" {
	statuses() {
		sed -n '/^\.Sh EXIT STATUS/,/^\.El/s/^\.It \([0-9]\)$/\1/p' "$ROOT/man/$1.1" | tr \
			-d '\n'
	}
	equal "$(statuses oscore-protect)" 0124578
	equal "$(statuses oscore-unprotect)" 012345679
	equal "$(statuses oscore-cid)" 012357
	equal "$(statuses oscore-gen)" 01257
	equal "$(statuses oscore-show)" 0127
}

@test "the examples in the manual do what they show" {
	for page in "$ROOT"/man/*.[157]; do
		grep -q '^\$ ' "$page" || continue
		mkdir "$BATS_TEST_TMPDIR/${page##*/}"
		cd "$BATS_TEST_TMPDIR/${page##*/}"
		run_commands < <(displays "$page" EXAMPLES) || fail "${page##*/}"
	done
}

# readme_blocks FIRST [LAST] - the commands of the README, from block FIRST to LAST
readme_blocks() {
	awk -v first="$1" -v last="${2:-$1}" '
		/^```sh$/ { sh = 1; n++; next }
		/^```/ { sh = 0 }
		sh && n >= first && n <= last' "$ROOT/README.md"
}

@test "the README's three minutes run as they stand" {
	readme_blocks 1 >readme.sh
	[ -s readme.sh ]
	export TMPDIR=$BATS_TEST_TMPDIR
	run -0 --separate-stderr bash -e -u readme.sh
	equal "$(jq -c '[.code,.token_hex,.options,.oscore["partial-iv_hex"]]' <<<"${lines[0]}")" \
		'["GET","74",[["Uri-Host","localhost"],["Uri-Path","tv1"]],"00"]'
	equal "$(printf '%s\n' "${lines[@]:1}")" $'Hello World!\nstatus 6: replayed'
	one_error request.hex:1
}

@test "the README's ten minutes run as they stand, but on other ports" {
	for program in socat coap-server-notls tshark text2pcap; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
	need_executable
	read -r network plain < <(free_ports 2)
	oscore-gen --pair client server
	{
		# what is left when a command fails
		echo 'trap "kill \$(jobs -p) 2>/dev/null || true" EXIT'
		readme_blocks 2 3 | sed "s/5685/$plain/; s/5683 EX/$network EX/; s/RECVFROM:5683/RECVFROM:$network/; s|\(dev/udp.*\)5683|\1$network|"
	} >readme.sh
	run -0 --separate-stderr timeout 60 bash -e -u readme.sh
	[[ ${lines[0]} == *:*:* ]] || fail "no time"
	[[ ${lines[1]} == 5[0-9a-f]02* && ${lines[2]} == 5[0-9a-f]44* ]] || fail "not two messages"
	equal "${lines[3]}" '["GET",[["Uri-Host","localhost"],["Uri-Path","time"]],"01"]'
	equal "${lines[4]}" '["2.05",[["Max-Age",1]],"00"]'
	equal "${lines[5]}" "oscore-unprotect: hint: it verifies without Master Salt: this side has one, the peer has none"
	equal "${lines[6]}" "a and b are not the two ends of one context: Master Salt differs; else they match"
	equal "${lines[7]}" "status 7"
	equal "${#lines[@]}" 8
}

@test "the README has no other commands, and less than 250 lines" {
	equal "$(readme_blocks 1 9 | sort | uniq -c | wc -l)" "$(readme_blocks 1 3 | sort | uniq -c | wc -l)"
	[ "$(wc -l <"$ROOT/README.md")" -lt 250 ]
}

@test "the picture in the README is what the programs say" {
	run -0 --separate-stderr "$ROOT/tests/picture/run"
	prints "$(cat "$ROOT/tests/picture/terminal.svg")"
}

@test "the README's table of exit statuses is complete" {
	equal "$(sed -n 's/^| \([0-9]\) |.*/\1/p' "$ROOT/README.md" | tr -d '\n')" 0123456789
}
