#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# The core in somebody's own program: tests/example, compiled as he would.

# shellcheck disable=SC2154 # stderr comes from run
load helper

@test "a program of one's own protects and unprotects with the core alone" {
	program=$PWD/core
	read -ra libraries < <(pkg-config --libs nettle libcbor libcoap-3-notls libsodium)
	cd "$ROOT"
	"$(<"$BINDIR/compiler")" @"$BINDIR/cflags" -Werror -o "$program" tests/example/core.c \
		"$BINDIR/liboscore-tools.a" @"$BINDIR/ldflags" \
		"${libraries[@]}"
	run -0 --separate-stderr "$program"
	equal "$output" "$GET_PROTECTED"$'\n'"$GET"$'\n'"again: 600"
	equal "$stderr" ""
}
