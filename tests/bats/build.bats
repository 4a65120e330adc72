#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# The Makefile: what it takes from the command line and from the environment.

# shellcheck disable=SC2016,SC2154 # what make prints; stderr comes from run
load helper

# build [NAME=VALUE]... -- MAKE-ARGUMENT... - make with this in the environment, and nothing of a
# make that runs the tests; what it builds is in b
build() {
	local environment=()
	while [ "$1" != -- ]; do
		environment+=("$1")
		shift
	done
	shift
	env -u MAKEFLAGS -u MAKEOVERRIDES -u MFLAGS -u CFLAGS -u CPPFLAGS -u LDFLAGS -u PREFIX -u prefix \
		"${environment[@]}" make -s -C "$ROOT" B="$PWD/b" "$@"
}

# symbols CODE NAME... - those of the names that an object has which was built with
# CODE in front
symbols() {
	nm b/lib/core/literal.o | grep -oE '\bfrom_[a-z]+' | sort | tr '\n' ' '
}

@test "CFLAGS and CPPFLAGS of the environment and of the command line are used" {
	echo 'extern const int SIGN; const int SIGN = 1;' >sign.h
	sign="-include $PWD/sign.h"
	build CFLAGS="-O1 $sign" CPPFLAGS=-DSIGN=from_environment -- "$PWD/b/lib/core/literal.o"
	equal "$(symbols)" "from_environment "
	build CFLAGS="-O1 $sign" CPPFLAGS=-DSIGN=from_environment -- CPPFLAGS=-DSIGN=from_arguments \
		"$PWD/b/lib/core/literal.o"
	equal "$(symbols)" "from_arguments "
	build CPPFLAGS="-DSIGN=from_cppflags $sign" -- CFLAGS="-O1" "$PWD/b/lib/core/literal.o"
	equal "$(symbols)" "from_cppflags "
	# the user's come last
	equal "$(tail -n 2 b/cflags)" "-DSIGN=from_cppflags $sign"$'\n'-O1
	# no change, no work
	touch b/mark
	build CPPFLAGS="-DSIGN=from_cppflags $sign" -- CFLAGS="-O1" "$PWD/b/lib/core/literal.o"
	[ b/mark -nt b/lib/core/literal.o ] && [ b/mark -nt b/cflags ]
}

@test "without any, the flags are those of the Makefile" {
	build -- "$PWD/b/cflags" "$PWD/b/ldflags"
	equal "$(tail -n 2 b/cflags)" $'\n'"-O2 -g"
	equal "$(tail -n 1 b/ldflags)" ""
	grep -qx -- -D_FORTIFY_SOURCE=2 b/cflags
	grep -qx -- -Wl,-z,now b/ldflags
}

@test "LDFLAGS of the environment come behind those of the Makefile" {
	build LDFLAGS="-Wl,-z,relro -Wl,--defsym=x=1" -- "$PWD/b/ldflags"
	equal "$(tail -n 1 b/ldflags)" "-Wl,-z,relro -Wl,--defsym=x=1"
	grep -qx -- -Wl,-z,now b/ldflags
}

@test "the user's _FORTIFY_SOURCE stands alone" {
	for where in CFLAGS CPPFLAGS; do
		build $where=-D_FORTIFY_SOURCE=3 -- "$PWD/b/cflags"
		equal "$(grep -c _FORTIFY_SOURCE b/cflags)" 1
		grep -qx -- -D_FORTIFY_SOURCE=3 b/cflags
		grep -q -- -fstack-protector-strong b/cflags
	done
}

# goes_to WORDS... - where the programs would be installed
goes_to() {
	local recipe
	recipe=$(build "$@" -n install)
	# below DESTDIR, the target of the first program
	sed -n 's/.*install -D -m $mode $source \(.*\)$target.*/\1/p' <<<"$recipe" | tr -d '\n'
	sed -n 's/.* 755:[^ ]*:\([^ ]*\)\/oscore-gen .*/\1/p' <<<"$recipe" | head -n 1
}

@test "PREFIX, or prefix, from the command line or the environment" {
	equal "$(goes_to --)" /usr/local/bin
	equal "$(goes_to -- PREFIX=/opt/a)" /opt/a/bin
	equal "$(goes_to -- prefix=/opt/a)" /opt/a/bin
	equal "$(goes_to PREFIX=/opt/a --)" /opt/a/bin
	equal "$(goes_to prefix=/opt/a --)" /opt/a/bin
	equal "$(goes_to prefix=/opt/a -- PREFIX=/opt/b DESTDIR=/tmp/c)" /tmp/c/opt/b/bin
	equal "$(goes_to prefix=/opt/a PREFIX=/opt/b --)" /opt/b/bin
	# what the tests have in their environment is no place to install to
	equal "$(goes_to BINDIR=build/release --)" /usr/local/bin
}

@test "make deps demo asks for what the build needs, make deps check for what the tests need" {
	asked() {
		build -- -n "$@" | grep -o 'for p in [^;]*' | head -n 1
	}
	small=$(asked deps demo)
	grep -q 'gcc .* libcoap3-dev' <<<"$small"
	for goals in "deps install" "demo deps" "deps all"; do
		# shellcheck disable=SC2086 # words
		equal "$(asked $goals)" "$small"
	done
	for goals in deps "deps check" "deps demo check" "deps bats"; do
		# shellcheck disable=SC2086
		[[ "$(asked $goals)" == "${small% } bats jq "* ]] || fail "$goals"
	done
}
