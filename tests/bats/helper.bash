# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# What all .bats files share: finding the programs, making contexts, feeding
# messages, and looking at what came of it.

bats_require_minimum_version 1.5.0

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
BINDIR=${BINDIR:-build/release}
[[ $BINDIR == /* ]] || BINDIR=$ROOT/$BINDIR
PATH=$BINDIR:$PATH

# shellcheck disable=SC2034 # for the files that load this one
{
	PROGRAMS=(oscore-gen oscore-protect oscore-unprotect oscore-cid oscore-show)

	# RFC 8613, Appendix C.1, C.4, C.7 and C.8
	SECRET=0102030405060708090a0b0c0d0e0f10
	SALT=9e7ca92223786340
	GET=44015d1f00003974396c6f63616c686f737483747631
	GET_PROTECTED=44025d1f00003974396c6f63616c686f7374620914ff612f1092f1776f1c1668b3825e
	CONTENT=64455d1f00003974ff48656c6c6f20576f726c6421
	CONTENT_PROTECTED=64445d1f0000397490ffdbaad1e9a7e7b2a813d3c31524378303cdafae119106
	CONTENT_PROTECTED_NEW=64445d1f00003974920100ff4d4c13669384b67354b2b6175ff4b8658c666a6cf88e

	# another request, with another token, and the answer to it
	GET_B=44015d2000003975b3747632
	CONTENT_B=64455d2000003975ff4f4b

	# a registration and a notification (RFC 7641)
	REGISTER=44015d1f000039746053747631
	NOTIFY=64455d1f000039746107ff6f6e
	# its answer as other implementations may send the first one, without Partial IV, when the
	# registration has the number 20; it was computed apart
	NOTIFY_FIRST=64455d1f00003974610730ffdb3566e3a52e873b585e3fde03
}

# run leaves files in BATS_TEST_TMPDIR, so the tests work beside them
setup() {
	mkdir "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work" || return 1
	umask 022
}

# --- messages ---

# raw HEX... - the bytes, on standard output
raw() {
	printf '%s' "$@" | xxd -r -p
}

# hex_of FILE - the bytes of a file as one line of hex
hex_of() {
	xxd -p "$1" | tr -d '\n'
}

# broken HEX - the message with a bit of its last byte changed
broken() {
	local last=$((0x${1: -1} ^ 1))
	printf '%s%x\n' "${1%?}" "$last"
}

# feed HEX COMMAND... - run with these bytes as standard input
feed() {
	local data=$1
	shift
	raw "$data" | "$@"
}

# text LINES COMMAND... - run with this text as standard input
text() {
	local data=$1
	shift
	printf '%s\n' "$data" | "$@"
}

# to FILE COMMAND... - run with standard output in a file
to() {
	local file=$1
	shift
	"$@" >"$file"
}

# --- contexts ---

# pair_context DIR OWN-ID PEER-ID [MEMBERS] - a fresh directory in the pair dialect
pair_context() {
	mkdir -m 700 "$1"
	printf \
		'{"sender-id_hex": "%s", "recipient-id_hex": "%s", "algorithm": "AES-CCM-16-64-128"%s}\n' \
		"$2" "$3" "${4:+, $4}" >"$1/settings.json"
	secret_file "$1/secret.json"
}

# role_context DIR [MEMBERS] - a fresh directory in the role dialect, client "", server 01
role_context() {
	mkdir -m 700 "$1"
	printf \
		'{"client-sender-id_hex": "", "server-sender-id_hex": "01", "algorithm": "AES-CCM-16-64-128"%s}\n' \
		"${2:+, $2}" >"$1/settings.json"
	secret_file "$1/secrets.json"
}

secret_file() {
	(
		umask 077
		printf '{"secret_hex": "%s", "salt_hex": "%s"}\n' "$SECRET" "$SALT" >"$1"
	)
}

# state DIR JSON - write sequence.json, without a mark of where it belongs
state() {
	rm -f "$1/sequence.json"
	(
		umask 077
		printf '%s\n' "$2" >"$1/sequence.json"
	)
}

# pair_state DIR NEXT INDEX RECEIVED [ANSWERED] - the same from its numbers; without
# ANSWERED there is no record of answers
pair_state() {
	local received answered=""
	received=$(printf '{"index": %s, "bitfield": %s}' "$3" "$4")
	[ $# -lt 5 ] || answered=$(printf ', "answered": {"index": %s, "bitfield": %s}' "$3" "$5")
	state "$1" "{\"next-to-send\": $2, \"received\": $received$answered}"
}

# The contexts of Appendix C.1 as they are before C.4: client and server.
client_and_server() {
	pair_context client "" 01
	pair_state client 20 0 0
	pair_context server 01 ""
	pair_state server 0 0 0
}

# The same, after the server has accepted the request of C.4, which is in req.
accepted() {
	client_and_server
	raw "$GET_PROTECTED" >req
	oscore-unprotect server req >/dev/null
}

# next_of DIR - the next Sender Sequence Number
next_of() {
	sed -n 's/.*"next-to-send": *\([0-9]*\).*/\1/p' "$1/sequence.json"
}

# member DIR KEY - an object or number in sequence.json, without blanks
member() {
	tr -d ' \n' <"$1/sequence.json" | sed -n 's/.*"'"$2"'":\({[^}]*}\|[^,}]*\).*/\1/p'
}

# names DIR - what is in a directory, sorted, with a blank behind each
names() {
	find "$1" -mindepth 1 -maxdepth 1 -printf '%f\n' | LC_ALL=C sort | tr '\n' ' '
}

# modes DIR - of the directory and what is in it, by name
modes() {
	stat -c %a "$1" && find "$1" -mindepth 1 -printf '%f %m\n' | LC_ALL=C sort
}

# snapshot DIR - everything that may not change in a directory
snapshot() {
	find "$1" -mindepth 1 -printf '%P %y %m %i %T@ %s\n' | sort
	find "$1" -type f -exec sha256sum '{}' + | sort
}

# mode_of FILE
mode_of() {
	stat -c %a "$1"
}

# --- what a run has said; all of these look at $output and $stderr ---

fail() {
	printf '%s\n' "$@" "status: ${status-}" "stdout: ${output-}" "stderr: ${stderr-}" >&2
	return 1
}

equal() {
	[ "$1" = "$2" ] || fail "expected: $2" "got:      $1"
}

differ() {
	[ "$1" != "$2" ] || fail "both are: $1"
}

# prints TEXT - exactly this on standard output, and nothing else anywhere
prints() {
	equal "$output" "$1"
	equal "$stderr" ""
}

silent() {
	prints ""
}

# matches REGEX - standard output as a whole
matches() {
	[[ $output =~ ^($1)$ ]] || fail "no match for: $1"
}

# said REGEX... - each stands somewhere on standard error, in any case
said() {
	local words
	for words in "$@"; do
		grep -qiE -e "$words" <<<"$stderr" || fail "not said: $words"
	done
}

# one_error WHERE - one line that is no hint or warning, of a program, about this place; and with
# status 2 where to read on
one_error() {
	local errors
	if [ "$status" -eq 2 ]; then
		[[ $stderr == *$'\n'"Try 'oscore-"*" --help'" ]] || fail "not where to read on"
		stderr=${stderr%$'\n'*}
	fi
	grep -qvE '^oscore-(gen|protect|unprotect|cid|show): ' <<<"$stderr" && fail "foreign lines"
	errors=$(grep -vE '^oscore-[a-z]+: (hint|(.*: )?warning): ' <<<"$stderr") || fail \
		"no error line"
	[ "$(wc -l <<<"$errors")" -eq 1 ] || fail "more than one error line"
	[[ $errors == oscore-*": $1"* ]] || fail "not about $1"
}

# refused WHERE REGEX... - nothing came out, one error about WHERE that says this
refused() {
	equal "$output" ""
	one_error "$1"
	shift
	said "$@"
}

# usage_error REGEX... - nothing came out, and where to read on
usage_error() {
	equal "$output" ""
	said "^Try 'oscore-[a-z]+ --help'|: Try 'oscore-[a-z]+ --help'" "$@"
}

# --- users ---

# unprivileged COMMAND... - run where file permissions count; the files in the
# current directory belong to that user
unprivileged() {
	if [ "$(id -u)" -ne 0 ]; then
		"$@"
		return
	fi
	chown -R 65534:65534 .
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

need_unprivileged() {
	[ "$(id -u)" -ne 0 ] || setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$BINDIR/oscore-protect" --version >/dev/null 2>&1 ||
		skip "root, and the programs cannot be run as another user from $BINDIR"
}

# need_executable - /dev/shm in a container may hold no programs
need_executable() {
	install -m 755 /dev/stdin probe <<<'#!/bin/sh'
	./probe 2>/dev/null || skip "no program can be run from $PWD"
	rm probe
}
