#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# tests/conformance.md names tests that exist, and its checker would notice if not.

# shellcheck disable=SC2016,SC2154 # backticks in rows; stderr comes from run
load helper

check() {
	"$ROOT/tests/lint/conformance" "$@"
}

# noticed ROW REGEX - a table with this row is refused, for this reason
noticed() {
	printf '%s\n' '| section | requirement | what we do | tests |' '|---|---|---|---|' "$1" >table.md
	run -1 --separate-stderr check table.md
	said "^table\.md:3: $2$"
}

@test "every row of the table names tests, and all of them exist" {
	run -0 --separate-stderr check
	silent
}

@test "the table has a row for every section of RFC 8613 that makes requirements" {
	for section in 2 3.1 3.2 3.2.1 3.2.2 3.3 4 4.1 4.1.1 4.1.2 4.1.3.1 4.1.3.2 4.1.3.3 4.1.3.4 \
		4.1.3.4.1 4.1.3.4.2 4.1.3.5 4.1.3.5.1 4.1.3.5.2 4.1.3.6 4.1.3.7 4.2 4.3 5 5.2 5.3 5.4 6.1 6.2 \
		7.1 7.2 7.2.1 7.4 7.4.1 7.5 8 8.1 8.2 8.3 8.3.1 8.4 8.4.2 12.6 13.6 B.1.1 B.1.2 B.1.3; do
		grep -q "^| $section | " "$ROOT/tests/conformance.md" || fail "no row: $section"
	done
}

@test "the checker notices what is wrong" {
	printf '%s\n' '| 2 | a | b | `test_option.c: test_option_rfc` `messages.jsonl: piv-00` |' >table.md
	run -0 --separate-stderr check table.md
	silent
	noticed '| 2 | a | b | |' ".*four cells.*"
	noticed '| 2 | a | `test_option.c: test_option_rfc` |' ".*four cells.*"
	noticed '| x | a | b | `test_option.c: test_option_rfc` |' "no section: x"
	noticed '| 2 | a | b | test_option.c |' ".*names tests.*"
	noticed '| 2 | a | b | `test_option.c: test_option_rf` |' "no such test: test_option.c: test_option_rf"
	noticed '| 2 | a | b | `cli.bats: no such` |' "no such test: cli.bats: no such"
	noticed '| 2 | a | b | `none.bats: x` |' "no such file: none.bats"
	noticed '| 2 | a | b | `messages.jsonl: x` |' "no such test: messages.jsonl: x"
	: >table.md
	run -1 --separate-stderr check table.md
	said "no rows"
}
