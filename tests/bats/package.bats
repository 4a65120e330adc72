#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# What is installed and removed, the archive of the sources, and the Debian package.

# shellcheck disable=SC2030,SC2031,SC2154 # tests are subshells; stderr comes from run
load helper

# tree DIR - everything in it
tree() {
	(cd "$1" && find . -printf '%p %y %m\n' | sort)
}

# made GOAL [NAME=VALUE]... - make it of the programs that are tested, without building any
made() {
	env -u MAKELEVEL make -s -C "$ROOT" B="$BINDIR" -o all "$@" >&2
}

@test "uninstall removes what install made, and nothing else" {
	# an empty directory and a file that were there
	mkdir -p root/usr/local/bin root/usr/local/share/fish
	touch root/usr/local/share/mine
	tree root >before
	for where in "DESTDIR=$PWD/root" "DESTDIR=$PWD/root PREFIX=/opt/x" "PREFIX=$PWD/root/usr/local" "PREFIX=$PWD/root/new"; do
		# shellcheck disable=SC2086 # words
		made install $where
		tree root >between
		grep -q '/oscore-unprotect f 755' between
		grep -q '/oscore-bats.7 f 644' between
		grep -q '/bats/oscore.bash f 644' between
		# once more changes nothing
		# shellcheck disable=SC2086
		made install $where
		equal "$(tree root)" "$(cat between)"
		# shellcheck disable=SC2086
		made uninstall $where
		equal "$(tree root)" "$(cat before)"
	done
}

@test "uninstall leaves what somebody else has put there" {
	made install DESTDIR="$PWD/root"
	touch root/usr/local/share/man/man1/other.1 root/usr/local/share/oscore-tools/note
	made uninstall DESTDIR="$PWD/root"
	equal "$(find root -type f | sort | xargs)" \
		"root/usr/local/share/man/man1/other.1 root/usr/local/share/oscore-tools/note"
	equal "$(find root -type d -empty)" ""
}

@test "what is installed runs from there" {
	need_executable
	made install DESTDIR="$PWD/root" PREFIX=/usr
	for program in "${PROGRAMS[@]}"; do
		run -0 --separate-stderr "root/usr/bin/$program" --version
		matches "$program \(oscore-tools\) .*"
	done
	cp "$ROOT/tests/library/sample.bats" .
	sed -i "s|^load oscore|load $PWD/root/usr/share/oscore-tools/bats/oscore|" sample.bats
	PATH=$PWD/root/usr/bin:$PATH run -0 --separate-stderr env -u BATS_TEST_TMPDIR bats sample.bats
	# a man page for each program, and no broken one
	for program in "${PROGRAMS[@]}"; do
		[ -s "root/usr/share/man/man1/$program.1" ]
	done
}

@test "the archive of the sources has all of them, and is the same each time" {
	"$ROOT/tests/package/dist" x-1 "$PWD/a" only 2>/dev/null
	"$ROOT/tests/package/dist" x-1 "$PWD/b" only 2>/dev/null
	cmp a/x-1.tar.gz b/x-1.tar.gz
	tar -xzf a/x-1.tar.gz
	if [ -e "$ROOT/.git" ] && command -v git >/dev/null; then
		equal "$(cd x-1 && find . -type f -printf '%P\n' | LC_ALL=C sort)" "$(git -C "$ROOT" ls-files | LC_ALL=C sort)"
	fi
	[ ! -e x-1/build ]
	# from what was unpacked it is made again
	bash x-1/tests/package/dist x-1 "$PWD/c" only
	cmp a/x-1.tar.gz c/x-1.tar.gz
	mkdir x-1/build
	touch x-1/build/more
	bash x-1/tests/package/dist x-1 "$PWD/c" only
	cmp a/x-1.tar.gz c/x-1.tar.gz
}

@test "the Debian package: what is in it, the same each time, and lintian finds no error" {
	[[ $BINDIR == */release ]] || skip "only what a user builds is packaged"
	for program in dpkg-shlibdeps lintian; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
	need_executable
	export DEBFULLNAME="A. Tester" DEBEMAIL=tester@debian.org
	for again in 1 2; do
		made DEB="$PWD/deb$again" deb
	done
	cmp deb1/*.deb deb2/*.deb
	package=$(ls deb1/*.deb)
	equal "$(dpkg-deb -f "$package" Package Maintainer)" $'Package: oscore-tools\nMaintainer: A. Tester <tester@debian.org>'
	for library in libc6 libcbor libcoap3 libjansson4 libnettle libsodium; do
		grep -q "$library" < <(dpkg-deb -f "$package" Depends) || fail "$library"
	done
	dpkg-deb -x "$package" root
	run -0 --separate-stderr root/usr/bin/oscore-gen --pair client server
	silent
	(cd root && find . -type f ! -path './usr/share/doc/*' -printf '%P\n') | sed 's/\.gz$//' | sort >there
	for file in bin/oscore-cid share/man/man7/oscore.7 share/oscore-tools/bats/oscore.bash \
		share/zsh/vendor-completions/_oscore-tools; do
		grep -qx "usr/$file" there || fail "$file"
	done
	equal "$(find root ! -perm -go=r)" ""
	run --separate-stderr lintian "$package"
	equal "$(grep '^E:' <<<"$output")" ""
}
