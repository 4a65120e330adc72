# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# Contexts under one directory, and their peers; loaded behind helper.bash.

# shellcheck disable=SC2034 # for the files that load this one
OTHER_SECRET=00112233445566778899aabbccddeeff

# peer NAME KID [ID-CONTEXT [SECRET]] - ctx/NAME, which receives from peers/NAME; the ID Context
# is - for none, and _ is of length zero
peer() {
	local kid=${2/_/} members=""
	mkdir -p ctx peers
	case ${3:--} in
	-) ;;
	*) members="\"id-context_hex\": \"${3/_/}\"" ;;
	esac
	pair_context "ctx/$1" ff "$kid" "$members"
	pair_context "peers/$1" "$kid" ff "$members"
	[ -z "${4:-}" ] || sed -i "s/$SECRET/$4/" "ctx/$1/secret.json" "peers/$1/secret.json"
}

# from NAME [OPTION...] - a request that peers/NAME has protected
from() {
	local name=$1
	shift
	text "$GET" oscore-protect -f hex "$@" "peers/$name"
}

# with_kid KID RESPONSE - a protected response without OSCORE option value, with the kid in it
with_kid() {
	printf '%s\n' "${2/90ff/9$(((${#1} + 2) / 2))08${1}ff}"
}

# chosen LINES [OPTION...] - the directories that the messages went to
chosen() {
	local lines=$1
	shift
	text "$lines" oscore-unprotect -f hex -t json -C ctx "$@" | jq -r '.oscore.context // .error'
}

# unprotect LINES [OPTION...]
unprotect() {
	local lines=$1
	shift
	text "$lines" oscore-unprotect -f hex -C ctx "$@"
}

# used DIR - has it state?
used() {
	[ -e "$1/sequence.json" ]
}
