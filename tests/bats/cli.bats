#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# What all programs have in common: help, version, usage errors, operands.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

@test "--help: short, narrow, ends with an example and the manual page" {
	for program in "${PROGRAMS[@]}"; do
		run -0 --separate-stderr "$program" --help
		equal "$stderr" ""
		[ "${#lines[@]}" -le 24 ] || fail "$program: ${#lines[@]} lines"
		[ "$("$program" --help | wc -l)" -le 24 ] || fail "$program: more than 24 lines"
		[ "$(wc -L <<<"$output")" -le 79 ] || fail "$program: wider than 79 columns"
		[[ ${lines[-1]} == *"See $program(1)." ]] || fail "$program: last line"
		tail -n 4 <<<"$output" | grep -q "$program " || fail "$program: no example"
		help=$output
		run -0 --separate-stderr "$program" -h
		prints "$help"
	done
}

@test "--version: name, number, libraries" {
	for program in "${PROGRAMS[@]}"; do
		run -0 --separate-stderr "$program" --version
		equal "$stderr" ""
		equal "${#lines[@]}" 2
		[[ ${lines[0]} =~ ^"$program (oscore-tools) "[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "first line"
		[[ ${lines[1]} =~ nettle.*[0-9]+\.[0-9]+ ]] || fail "second line"
		version=$output
		run -0 --separate-stderr "$program" -V
		prints "$version"
	done
}

@test "all programs are of one version" {
	for program in "${PROGRAMS[@]}"; do
		"$program" -V | sed '1s/.* //'
	done >versions
	equal "$(sed -n 'n;p' versions | sort -u | wc -l)" 1
	equal "$(sed -n 'p;n' versions | sort -u | wc -l)" 1
}

@test "help and version that cannot be written: 1" {
	for program in "${PROGRAMS[@]}"; do
		for option in --help --version; do
			run -1 --separate-stderr to /dev/full "$program" "$option"
			said "^$program: .*(space|write)"
			run -1 --separate-stderr bash -c '"$@" >&-' - "$program" "$option"
			said "^$program: "
		done
	done
}

@test "unknown options are usage errors" {
	mkdir context
	for program in "${PROGRAMS[@]}"; do
		for option in --no-such-option -Z --help=x; do
			run -2 --separate-stderr "$program" "$option" context </dev/null
			usage_error "^$program: "
		done
	done
}

@test "an option that is unknown, ambiguous, without or with an argument: each is said" {
	says() {
		run -2 --separate-stderr "${@:2}" </dev/null
		equal "$output" ""
		equal "${stderr_lines[0]}" "$2: $1"
		usage_error
	}
	mkdir context
	says "--no-such: unknown option" oscore-protect --no-such context
	says "--no-such: unknown option" oscore-protect context --no-such=value
	says "--requested: unknown option" oscore-protect --requested context
	says "-Z: unknown option" oscore-protect -Z context
	says "-Z: unknown option" oscore-protect --quiet -kZx context
	says "-Z: unknown option" oscore-protect --quiet context -kZ
	says "--mo: unknown option" oscore-cid --mo
	says "--s: ambiguous: --server-id, --secret-file, --secret-bytes, --sender-seq" oscore-gen --s x
	says "--secret: ambiguous: --secret-file, --secret-bytes" oscore-gen --secret=0102
	says "-o, --output: FILE is missing" oscore-protect context -o
	says "-o, --output: FILE is missing" oscore-protect context -ko
	says "-o, --output: FILE is missing" oscore-protect context --outp
	says "-r, --role: ROLE is missing" oscore-unprotect context --role
	says "--request: FILE is missing" oscore-unprotect context --request
	says "--print: PART is missing" oscore-cid --print
	says "-a, --algorithm: NAME|N is missing" oscore-gen dir -a
	for program in "${PROGRAMS[@]}"; do
		says "--help: takes no argument" "$program" --help=x context
		says "--quiet: takes no argument" "$program" --quiet=x context
	done
	equal "$(echo *)" context
}

@test "an abbreviation that is not ambiguous is taken" {
	client_and_server
	text "$GET" oscore-protect --fr hex --outp req client
	run -0 --separate-stderr oscore-unprotect --fro=hex server req
	prints "$GET"
}

@test "an option without its argument is a usage error" {
	for program in "${PROGRAMS[@]:1:3}"; do
		run -2 --separate-stderr "$program" context -f </dev/null
		usage_error
	done
	for program in "${PROGRAMS[@]:0:3}"; do
		run -2 --separate-stderr "$program" context --role </dev/null
		usage_error
	done
}

@test "values that an option does not know are usage errors" {
	mkdir context
	for program in oscore-protect oscore-unprotect; do
		for arguments in "-r boss" "-r CLIENTS" "-f xml" "-t xml" "-f payload" \
			"--request"; do
			# shellcheck disable=SC2086
			run -2 --separate-stderr "$program" context $arguments </dev/null
			usage_error
		done
	done
	run -2 --separate-stderr oscore-cid --print algorithm </dev/null
	usage_error
	run -2 --separate-stderr oscore-cid -f xml </dev/null
	usage_error
	run -2 --separate-stderr oscore-gen -r boss new
	usage_error
	[ ! -e new ]
}

@test "missing and surplus operands are usage errors" {
	for program in oscore-gen oscore-protect oscore-unprotect; do
		run -2 --separate-stderr "$program" </dev/null
		usage_error
	done
	client_and_server
	raw "$GET" >message
	before=$(snapshot client)
	for program in oscore-protect oscore-unprotect; do
		run -2 --separate-stderr "$program" client message message </dev/null
		usage_error
	done
	equal "$(snapshot client)" "$before"
	run -2 --separate-stderr oscore-cid message message
	usage_error
	run -2 --separate-stderr oscore-gen one two
	usage_error
	run -2 --separate-stderr oscore-gen --pair one
	usage_error
	run -2 --separate-stderr oscore-gen --pair one two three
	usage_error
	equal "$(echo *)" "client message server"
}

@test "options may follow operands, -- ends them" {
	client_and_server
	mv client ./-c
	raw "$GET" >-get
	run -0 --separate-stderr oscore-protect -t hex -- -c -get
	prints "$GET_PROTECTED"
	raw "$GET_PROTECTED" >-req
	run -0 --separate-stderr oscore-unprotect server -t hex -- -req
	prints "$GET"
	run -0 --separate-stderr oscore-cid -- -req
	prints "_"
	run -0 --separate-stderr oscore-gen -- -new
	[ -f ./-new/settings.json ]
}

@test "- is standard input" {
	client_and_server
	run -0 --separate-stderr text "$GET" oscore-protect -f hex client -
	prints "$GET_PROTECTED"
	run -0 --separate-stderr text "$GET_PROTECTED" oscore-unprotect -f hex server -
	prints "$GET"
	run -0 --separate-stderr text "$GET_PROTECTED" oscore-cid -f hex -
	prints "_"
}

@test "a message file that is missing or a directory: 1, named" {
	client_and_server
	before=$(snapshot client)
	for command in "oscore-protect client" "oscore-unprotect client" "oscore-cid"; do
		# shellcheck disable=SC2086
		run -1 --separate-stderr $command no-such-file
		refused no-such-file "no such file"
		# shellcheck disable=SC2086
		run -1 --separate-stderr $command server
		refused server "directory"
	done
	equal "$(snapshot client)" "$before"
}

@test "a context that is missing or no directory: 7, named" {
	raw "$GET" >message
	raw "$GET_PROTECTED" >protected
	for row in "oscore-protect message" "oscore-unprotect protected"; do
		read -r program message <<<"$row"
		run -7 --separate-stderr "$program" no-such-context "$message"
		refused no-such-context "no such file"
		run -7 --separate-stderr "$program" message "$message"
		refused message "directory"
	done
	mkdir empty
	run -7 --separate-stderr oscore-protect empty message
	refused empty
	equal "$(find empty -mindepth 1)" ""
}

@test "operands in the wrong order, and a message without a context: 7, what is wrong" {
	client_and_server
	raw "$GET" >message
	before=$(snapshot .)
	for program in oscore-protect oscore-unprotect; do
		for input in message - /dev/stdin; do
			run -7 --separate-stderr "$program" "$input" client </dev/null
			refused "$input" "is no directory" "^$program: hint: CONTEXT comes first, then FILE$"
			run -7 --separate-stderr "$program" "$input" </dev/null
			refused "$input" "is no directory" "^$program: hint: CONTEXT is missing in front of it$"
		done
		run -7 --separate-stderr "$program" -q message client </dev/null
		equal "$stderr" "$program: message: is no directory"
		run -7 --separate-stderr "$program" message message </dev/null
		refused message "is no directory"
		[[ $stderr != *hint* ]] || fail "no hint helps"
	done
	equal "$(snapshot .)" "$before"
}

@test "a context given to -C: 7, before any input is read" {
	client_and_server
	mkdir all
	mv client server all
	before=$(snapshot .)
	mkfifo fifo
	exec 7<>fifo
	for program in oscore-unprotect oscore-cid; do
		for path in all/server all/server/ "$PWD/all/server"; do
			run -7 --separate-stderr timeout 60 "$program" -C "$path" <&7
			refused "$path" "is a context, and has none under it" "leave out -C"
		done
	done
	rm fifo
	run -7 --separate-stderr oscore-show --check -C all/server
	refused all/server "is a context, and has none under it" "leave out -C"
	equal "$(snapshot .)" "$before"
	# a directory of contexts may have such a file, too
	echo '{}' >all/settings.json
	run -0 --separate-stderr text "$GET_PROTECTED" oscore-cid -f hex -C all
	prints all/server
	run -0 --separate-stderr text "$GET_PROTECTED" oscore-unprotect -f hex -C all
	prints "$GET"
}

@test "errors name the file and the message in it" {
	client_and_server
	raw 4401 >short
	run -5 --separate-stderr oscore-protect client short
	refused short:1
	run -5 --separate-stderr feed 4401 oscore-protect client
	refused "<stdin>:1"
	run -3 --separate-stderr text "$GET" oscore-unprotect -f hex server
	refused "<stdin>:1" "oscore"
}

@test "names of files are shown as they are, unless they could steer a terminal" {
	client_and_server
	for row in $'a\xc2\x9bb a??b' $'x\xffy x?y' $'c\x1bd c?d' $'\xc3\xbc\xffz ???z' $'\xed\xa0\x80 ???' \
		$'\x9b2J ?2J' $'gr\xc3\xbcn gr\xc3\xbcn' $'\xe6\x97\xa5 \xe6\x97\xa5'; do
		name=${row% *}
		run -1 --separate-stderr oscore-protect client "$name"
		equal "$stderr" "oscore-protect: ${row#* }: open: No such file or directory"
	done
}

@test "-q drops hints and warnings, never errors" {
	client_and_server
	chmod 644 client/secret.json
	run -5 --separate-stderr text "$GET" oscore-protect client
	said "hint: "
	run -5 --separate-stderr text "$GET" oscore-protect -q client
	refused "<stdin>:1"
	equal "$(wc -l <<<"$stderr")" 1
	run -5 --separate-stderr text "$GET"$'\n4401' oscore-protect -f hex client
	said "warning: "
	run -5 --separate-stderr text "$GET"$'\n4401' oscore-protect -f hex --quiet client
	one_error "<stdin>:2"
	equal "$(wc -l <<<"$stderr")" 1
}

@test "a message in the clear where a response was expected: shown as not authenticated" {
	accepted
	run -3 --separate-stderr text 64845d1f00003974ff6e6f oscore-unprotect -f hex --request req \
		client
	refused "<stdin>:1" "4\.04" "not authenticated"
}

@test "--list-options is no option to abbreviate" {
	for argument in --list --list-o "--list-options x"; do
		# shellcheck disable=SC2086 # two
		run -2 --separate-stderr oscore-protect $argument
		usage_error
	done
	run -0 --separate-stderr oscore-gen --list
	equal "$(wc -l <<<"$output")" 12
}

@test "a missing role, a second raw message, a terminal: usage errors all" {
	client_and_server
	role_context neutral
	raw "$GET" >message
	run -2 --separate-stderr oscore-protect neutral message
	usage_error "neutral: .*say which" "hint: .*--role"
	run -2 --separate-stderr text "$GET"$'\n'"$GET" oscore-protect -f hex -t raw client
	[[ $stderr == *"Try 'oscore-protect --help'" ]] || fail "not where to read on"
}

@test "hints: not the format, if the input could be read in it; not -v, if it was given" {
	client_and_server
	run -5 --separate-stderr text FfFf oscore-protect -f hex client
	refused "<stdin>:1"
	[[ $stderr != *hint* ]] || fail "a hint"
	run -5 --separate-stderr text "Mary had" oscore-protect -f hex client
	refused "<stdin>:1" "hint: text is no message"
	forged=$(broken "$GET_PROTECTED")
	run -4 --separate-stderr text "$forged" oscore-unprotect -f hex server
	refused "<stdin>:1" "hint: .*-v tries"
	run -4 --separate-stderr text "$forged" oscore-unprotect -f hex -v server
	said "no usual mistake"
	[[ $stderr != *"-v tries"* ]] || fail "-v again"
}

@test "a response with -C and nothing else: one hint that leads on" {
	client_and_server
	mkdir ctx
	run -4 --separate-stderr text "$CONTENT_PROTECTED" oscore-unprotect -f hex -C ctx
	refused "<stdin>:1" "hint: .*--contexts"
	run -4 --separate-stderr text "${CONTENT_PROTECTED/90ff/920801ff}" oscore-unprotect -f hex -C ctx
	refused "<stdin>:1" "add --request"
}

@test "--request -: the request comes from standard input, the message from FILE" {
	accepted
	raw "$CONTENT" >response
	run -0 --separate-stderr feed "$GET_PROTECTED" oscore-protect --request - -t hex server response
	prints "$CONTENT_PROTECTED"
	run -5 --separate-stderr text 0zz oscore-protect --request - -t hex server response
	refused "<stdin>:1" "cannot be read"
	for file in "" -; do
		# shellcheck disable=SC2086 # none, if empty
		run -2 --separate-stderr text "$CONTENT" oscore-protect -f hex --request - server $file
		usage_error "request -"
	done
}

@test "a message of this side: 4, and the role may be the wrong one" {
	client_and_server
	raw "$GET_PROTECTED" >req
	before=$(snapshot client)
	run -4 --separate-stderr oscore-unprotect client req
	refused req:1 "this side protected that message" "hint: .*--role"
	equal "$(snapshot client)" "$before"
	role_context neutral
	text "$GET" oscore-protect -f hex -r client neutral >req
	run -4 --separate-stderr oscore-unprotect -f hex -r client neutral req
	refused req:1 "this side protected that message" "hint: .*--role"
	run -0 --separate-stderr oscore-unprotect -f hex -r server neutral req
	prints "$GET"
	# of neither
	run -4 --separate-stderr text "${GET_PROTECTED/620914/630914ee}" oscore-unprotect -f hex client
	refused "<stdin>:1" "no context for this kid$"
}

@test "a secret is never in an error message" {
	client_and_server
	printf '{"secret_hex": "%szz"}' "$SECRET" >client/secret.json
	run -7 --separate-stderr feed "$GET" oscore-protect client
	refused client/secret.json secret_hex
	[[ $stderr != *0102030405* ]] || fail "secret shown"
	printf '{"secret_ascii": "correct horse", "secret_ascii": "correct horse"}' \
		>client/secret.json
	run -7 --separate-stderr feed "$GET" oscore-protect client
	[[ $stderr != *horse* ]] || fail "secret shown"
	echo "${SECRET}zz" >secret
	run --separate-stderr oscore-gen --secret-file secret --sender-seq 0 new
	differ "$status" 0
	[[ $stderr != *0102030405* ]] || fail "secret shown"
}

@test "hex digits in the place of a file are not repeated" {
	client_and_server
	# hidden STATUS WORDS... - the digits are not shown, in no part, and a hint says why
	hidden() {
		run "-$1" --separate-stderr "${@:2}" </dev/null
		[[ $stderr != *010203* && $stderr != *0A0B0C* ]] || fail "secret shown"
		said "^oscore-[a-z]+: .*<hex digits>" "hint: hex digits that name no file are not repeated"
		one_error ""
	}
	long=$(printf "$SECRET%.0s" {1..40})
	for digits in "$SECRET" "${SECRET^^}" "0x$SECRET" 010203040506070809 "$long" "$long$long$long"; do
		hidden 1 oscore-gen --secret-file "$digits" --sender-seq 0 dir
		hidden 1 oscore-gen "--secret-file=$digits" --sender-seq 0 dir
		hidden 1 oscore-protect client "$digits"
		hidden 1 oscore-unprotect client "$digits"
		hidden 1 oscore-cid "$digits"
		hidden 7 oscore-protect "$digits" client
		hidden 2 oscore-unprotect -C client message "$digits"
		hidden 2 oscore-gen --hkdf "$digits" dir
		hidden 2 oscore-protect "-r$digits" client
		hidden 1 oscore-protect client --echo "$digits"
	done
	raw "$CONTENT" >message
	hidden 1 oscore-protect --request "$SECRET" client message
	hidden 7 oscore-cid -C "$SECRET" client/settings.json
	hidden 2 oscore-protect --from "$SECRET" client
	run -1 --separate-stderr oscore-protect -q client "$SECRET"
	equal "$stderr" "oscore-protect: <hex digits>: open: No such file or directory"
	run -2 --separate-stderr oscore-gen "--secret=$SECRET" dir
	[[ $stderr != *010203* ]] || fail "secret shown"
	equal "$(echo *)" "client message server"
}

@test "the name of a file, and what is short enough for a kid, are repeated" {
	client_and_server
	raw 4401 >"$SECRET"
	run -5 --separate-stderr oscore-protect client "$SECRET"
	refused "$SECRET:1"
	for name in 01020304050607 "$SECRET.hex" "$SECRET/01" "./$SECRET$SECRET" "0102-$SECRET"; do
		run -7 --separate-stderr oscore-protect "$name" </dev/null
		refused "$name: "
		[[ $stderr != *hint:\ hex* ]] || fail "no hint is needed"
	done
}

@test "--list-options names the options, one a line" {
	for program in "${PROGRAMS[@]}"; do
		run -0 --separate-stderr "$program" --list-options
		equal "$stderr" ""
		grep -qE '(^|-)help' <<<"$output" || fail "$program"
		grep -qE '(^|-)version' <<<"$output" || fail "$program"
	done
}

@test "words that are values, in any case" {
	client_and_server
	role_context both
	text "$GET" oscore-protect -f HEX -r CLIENT -t Hex both >req
	equal "$(xxd -r -p req | xxd -p | tr -d '\n')" "$(cat req)"
	run -0 --separate-stderr oscore-unprotect -f hEx -t Payload -r sErver both req
	silent
	run -0 --separate-stderr oscore-cid -f HEX -t JSON req
	prints "$(oscore-cid -f hex -t json req)"
	run -0 --separate-stderr oscore-cid -f HEX -t Line --print PARTIAL-IV req
	prints 00
	oscore-unprotect -p -f hex -t CBORSEQ both req >upper
	oscore-unprotect -p -f hex -t cborseq both req | cmp - upper
	for row in "oscore-protect -r clients" "oscore-protect -r serve" "oscore-protect -f he" \
		"oscore-unprotect -t payloads" "oscore-unprotect -f payload" "oscore-protect -t PAYLOAD" \
		"oscore-cid --print kids" "oscore-cid --print kid-" "oscore-cid -t hex"; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr $row both req
		usage_error
	done
	run -2 --separate-stderr oscore-cid -t "" req
	usage_error "--to: line or json, not "
	run -2 --separate-stderr oscore-unprotect -t json5 both
	usage_error "--to: raw, hex, json, cborseq or payload, not json5"
	run -2 --separate-stderr oscore-unprotect -f PAYLOAD both
	usage_error "--from: payload is an output format"
}
