# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# make deps demo     install what is missing, build, show the main job
# make deps check    the same, and run all tests
# make help          the other targets and the variables

VERSION = 0.1.0

# What is said with ?= may also come from the environment.
prefix ?= /usr/local
PREFIX ?= $(prefix)
DESTDIR =
BINDIR = $(PREFIX)/bin
MANDIR = $(PREFIX)/share/man
DATADIR = $(PREFIX)/share

CC = gcc
AR = ar
PKG_CONFIG = pkg-config
INSTALL = install
CFLAGS ?= -O2 -g
CPPFLAGS ?=
LDFLAGS ?=
V = 0
Q = $(if $(filter 1,$(V)),,@)

# One directory per variant: release, sanitize, fuzz, msan, coverage.
VARIANT = release
B = build/$(VARIANT)

PROGRAMS = oscore-gen oscore-protect oscore-unprotect oscore-cid oscore-show
# In the order of how many of their own symbols they look up when a program starts: each is looked
# for in all that stand before.
PACKAGES = nettle libsodium libcoap-3-notls libcbor jansson
# Sizes, inode numbers and times have 64 bits, on 32-bit systems too.
LANGUAGE = -std=c11 -D_XOPEN_SOURCE=700 -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
WARNINGS = -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wcast-qual -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wformat=2
HARDENING = -fPIE -fstack-protector-strong -fstack-clash-protection -fcf-protection \
	-ftrivial-auto-var-init=zero -D_FORTIFY_SOURCE=2
HARDENING_LINK = -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed

VARIANT_FLAGS_release = $(HARDENING)
VARIANT_LINK_release = $(HARDENING_LINK)
# Leaks and counts are told by what runs at the end of a program.
AT_EXIT = -Dquick_exit=exit
VARIANT_FLAGS_sanitize = $(AT_EXIT) -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
VARIANT_LINK_sanitize = -fsanitize=address,undefined
VARIANT_FLAGS_fuzz = -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
VARIANT_LINK_fuzz = -fsanitize=fuzzer,address,undefined
VARIANT_FLAGS_msan = -fsanitize=memory -fsanitize-memory-track-origins -fno-omit-frame-pointer -fPIE
VARIANT_LINK_msan = -fsanitize=memory -pie
VARIANT_FLAGS_coverage = $(AT_EXIT) --coverage -O0
VARIANT_LINK_coverage = --coverage

# Debian's names of what the targets need.
DEPS_LIBRARIES = libc6-dev libsodium-dev libcbor-dev libjansson-dev libcoap3-dev nettle-dev
DEPS_BUILD = gcc make pkg-config $(DEPS_LIBRARIES)
DEPS_CHECK = bats jq mandoc python3 xxd strace socat util-linux rsync e2fsprogs tshark mount zsh fish \
	libcoap3-bin parallel systemd $(DEPS_DEB)
# Whoever only builds, installs and looks needs less than who tests.
BUILD_GOALS = all demo install
ifneq ($(filter $(BUILD_GOALS),$(MAKECMDGOALS)),)
ifeq ($(filter-out deps $(BUILD_GOALS),$(MAKECMDGOALS)),)
DEPS_CHECK =
endif
endif
DEPS = $(DEPS_BUILD) $(DEPS_CHECK)
DEPS_LINT = g++ clang clang-format clang-tidy libclang-rt-14-dev cppcheck shellcheck valgrind
DEPS_DEB = dpkg-dev lintian
DEPS_PORTABILITY = gcc-s390x-linux-gnu gcc-arm-linux-gnueabihf qemu-user

LIB_SOURCES = $(sort $(wildcard lib/*/*.c))
CLI_SOURCES = $(filter-out $(PROGRAMS:%=cmd/%.c),$(sort $(wildcard cmd/*.c)))
UNIT_SOURCES = $(sort $(wildcard tests/unit/test_*.c))
FUZZ_SOURCES = $(sort $(wildcard tests/fuzz/fuzz_*.c))

LIB_OBJECTS = $(LIB_SOURCES:%.c=$(B)/%.o)
CLI_OBJECTS = $(CLI_SOURCES:%.c=$(B)/%.o)
BINARIES = $(PROGRAMS:%=$(B)/%)
UNITS = $(UNIT_SOURCES:tests/unit/%.c=$(B)/unit/%)
FUZZERS = $(FUZZ_SOURCES:tests/fuzz/%.c=$(B)/%)
OBJECTS = $(LIB_OBJECTS) $(CLI_OBJECTS) $(PROGRAMS:%=$(B)/cmd/%.o) \
	$(UNIT_SOURCES:%.c=$(B)/%.o) $(FUZZ_SOURCES:%.c=$(B)/%.o)

# STATIC=1: programs that start faster, all in one file but for the C library, and libcbor, of
# which Debian has no archive.
STATIC = 0
DYNAMIC = libcbor
LIBRARIES = $(PKG_CONFIG) --libs $(PACKAGES)
ifeq ($(STATIC),1)
LIBRARIES = echo -Wl,-Bstatic; $(PKG_CONFIG) --libs $(filter-out $(DYNAMIC),$(PACKAGES)); \
	echo -Wl,-Bdynamic; $(PKG_CONFIG) --libs $(DYNAMIC)
endif

SHELL = /bin/bash
.SHELLFLAGS = -eu -o pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY: $(OBJECTS)
.PHONY: all deps deps-lint demo bench check unit bats durability sanitize sanitize-check lint fuzz \
	fuzz-smoke fuzzers units coverage msan valgrind portability deps-portability deps-deb install uninstall \
	dist deb clean help FORCE

all: $(BINARIES)

# `make deps demo` installs before it compiles, with -j too.
DEPS_GOALS = $(filter deps deps-lint deps-deb deps-portability,$(MAKECMDGOALS))
ifneq ($(DEPS_GOALS),)
$(B)/hardening portability: | $(DEPS_GOALS)
endif

$(B)/compiler: FORCE
	@mkdir -p $(B)
	@echo '$(CC)' | cmp -s - $@ || echo '$(CC)' >$@

# The hardening flags that this compiler knows, found once per variant.
$(B)/hardening: Makefile $(B)/compiler
	@echo 'int main(void) { return 0; }' >$(B)/probe.c
	@for flag in $(VARIANT_FLAGS_$(VARIANT)); do \
		$(CC) -O2 -Werror $$flag -c -o $(B)/probe.o $(B)/probe.c 2>/dev/null && echo $$flag; \
	done >$@.new || true
	@for flag in $(VARIANT_LINK_$(VARIANT)); do \
		case $$flag in -fsanitize=fuzzer*) echo $$flag; continue ;; esac; \
		$(CC) -O2 -Werror -fPIE $$flag -o $(B)/probe $(B)/probe.c 2>/dev/null && echo $$flag; \
	done >$@.link || true
	@rm -f $(B)/probe $(B)/probe.[co]
	@mv $@.new $@

# The flags stamp: a response file for the compiler, rewritten only when the
# flags change. The user's CPPFLAGS and CFLAGS come last, and his _FORTIFY_SOURCE alone.
fortified = $(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS))
$(B)/cflags: $(B)/hardening FORCE
	@$(PKG_CONFIG) --exists --print-errors $(PACKAGES) || \
		{ echo "run 'make deps' first" >&2; exit 1; }
	@{ echo '$(LANGUAGE) -DOSC_VERSION=\"$(VERSION)\" -Ilib -Icmd'; \
		echo '$(WARNINGS)'; $(PKG_CONFIG) --cflags $(PACKAGES); \
		sed '$(if $(fortified),/_FORTIFY_SOURCE/d)' $(B)/hardening; \
		echo '$(CPPFLAGS)'; echo '$(CFLAGS)'; } >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(B)/ldflags: $(B)/hardening FORCE
	@{ cat $(B)/hardening.link; echo '$(LDFLAGS)'; } >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(B)/libraries: $(B)/hardening FORCE
	@{ $(LIBRARIES); } >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

$(B)/%.o: %.c $(B)/cflags
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) @$(B)/cflags -MMD -MP -c -o $@ $<

$(B)/liboscore-tools.a: $(LIB_OBJECTS)
	@echo "  AR    $@"
	$(Q)rm -f $@ && $(AR) rcs $@ $^

link = @mkdir -p $(@D); echo "  LD    $@"; \
	$(if $(filter 1,$(V)),set -x;) $(CC) -o $@ $(filter %.o %.a,$^) @$(B)/ldflags \
	$(WRAP:%=-Wl,--wrap=%) @$(B)/libraries

$(BINARIES): $(B)/%: $(B)/cmd/%.o $(CLI_OBJECTS) $(B)/liboscore-tools.a $(B)/ldflags $(B)/libraries
	$(link)

$(UNITS): $(B)/unit/%: $(B)/tests/unit/%.o $(B)/liboscore-tools.a $(B)/ldflags $(B)/libraries
	$(link)

# Functions that a test or a harness has of its own.
$(B)/unit/test_no_memory: WRAP = malloc calloc realloc fsync syncfs
$(B)/unit/test_failing_calls: WRAP = close fchmod fchown flock fstatfs64 fsync getdents64 getrandom \
	linkat mkdirat open64 openat64 __open64_2 __openat64_2 read renameat renameat2 statx \
	sync_file_range syncfs unlinkat write
$(B)/unit/test_commit: WRAP = fstatfs64 fsync renameat statx sync_file_range syncfs uname
$(B)/unit/test_filesystems: WRAP = fstatfs64
$(B)/unit/test_no_aes: WRAP = osc_cpu_lacks_aes
$(B)/fuzz_frame: WRAP = osc_random poll
$(B)/fuzz_session: WRAP = osc_random fsync syncfs

$(FUZZERS): $(B)/%: $(B)/tests/fuzz/%.o $(B)/liboscore-tools.a $(B)/ldflags $(B)/libraries
	$(link)

-include $(OBJECTS:.o=.d)

sudo = $$([ "$$(id -u)" -eq 0 ] || echo sudo)

define apt
	@missing=$$(for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | \
		grep -q 'ok installed' || echo $$p; done); \
	if [ -z "$$missing" ]; then exit 0; fi; \
	echo "installing with apt-get:" $$missing; \
	$(sudo) apt-get -qq update; \
	DEBIAN_FRONTEND=noninteractive $(sudo) apt-get -qq -y --no-install-recommends install $$missing
endef

deps:
	$(call apt,$(DEPS))

deps-lint:
	$(call apt,$(DEPS_LINT))

deps-deb:
	$(call apt,$(DEPS_BUILD) $(DEPS_DEB))

deps-portability:
	$(call apt,$(DEPS_PORTABILITY))

demo: all
	@BINDIR=$(B) tests/demo

bench: all
	@BINDIR=$(B) tests/bench/oneshot
	@BINDIR=$(B) tests/bench/contexts
	@BINDIR=$(B) tests/bench/streams

units: $(UNITS)

check: all units
	@BINDIR=$(B) tests/run $(UNITS) -- tests/bats tests/vectors/run tests/durability/short

unit: units
	@BINDIR=$(B) tests/run $(UNITS) --

# Kills, power cuts, races, copies...: minutes; its short form is part of check.
durability: all
	@BINDIR=$(B) tests/durability/run

bats: all
	@BINDIR=$(B) tests/run -- tests/bats

sanitize:
	@$(MAKE) VARIANT=sanitize CFLAGS='-O1 -g' check

# What of lib the tests reach, by gcov; reasons for the rest are in tests/coverage.md.
coverage:
	@$(MAKE) VARIANT=coverage CFLAGS='-O0 -g' all units
	@tests/coverage/run build/coverage

# What nobody has written is read: seen by clang in the units, and by valgrind.
msan:
	@MAKE='$(MAKE)' tests/msan/run

valgrind: units
	@BINDIR=$(B) tests/valgrind

# Big-endian with 64 bits, and 32 bits: minutes, and a download at first.
PORTABILITY = s390x armhf
portability:
	@failed=0; for architecture in $(PORTABILITY); do \
		MAKE='$(MAKE)' tests/portability/run $$architecture $(DEPS_LIBRARIES) || failed=1; \
	done; exit $$failed

lint: all
	@tests/lint/run

fuzzers: $(FUZZERS)

# Seconds for each harness: short in fuzz-smoke, long in fuzz.
FUZZ_SECONDS = 600
fuzz:
	@$(MAKE) VARIANT=fuzz CC=clang CFLAGS='-O1 -g' fuzzers
	@tests/fuzz/run build/fuzz $(FUZZ_SECONDS)

fuzz-smoke:
	@$(MAKE) FUZZ_SECONDS=20 fuzz

# What is installed where: MODE:SOURCE:TARGET.
MANUALS = $(wildcard man/*.[157])
BASHDIR = $(DATADIR)/bash-completion/completions
FISHDIR = $(DATADIR)/fish/vendor_completions.d
ZSHDIR = $(DATADIR)/zsh/site-functions
OURDIR = $(DATADIR)/oscore-tools
INSTALLED = $(foreach p,$(PROGRAMS),755:$(B)/$(p):$(BINDIR)/$(p) \
	644:completions/oscore.bash:$(BASHDIR)/$(p) 644:completions/oscore.fish:$(FISHDIR)/$(p).fish) \
	644:completions/oscore.zsh:$(ZSHDIR)/_oscore-tools \
	$(foreach m,$(MANUALS),644:$(m):$(MANDIR)/man$(subst .,,$(suffix $(m)))/$(notdir $(m))) \
	$(foreach f,$(wildcard contexts/*.md contexts/*/*),644:$(f):$(OURDIR)/$(f)) \
	$(foreach f,$(wildcard man/recipes/*),$(if $(suffix $(f)),644,755):$(f):$(OURDIR)/recipes/$(notdir $(f))) \
	$(foreach f,$(wildcard tests/library/*),644:$(f):$(OURDIR)/bats/$(notdir $(f)))

# The directories that are made on the way, for uninstall.
MADE = $(OURDIR)/made-directories

install: all
	@echo "  INSTALL $(words $(INSTALLED)) files below $(DESTDIR)$(PREFIX)"
	$(Q)made=$$(cat $(DESTDIR)$(MADE) 2>/dev/null || true; for entry in $(INSTALLED); do \
		directory=$${entry##*:}; \
		while directory=$${directory%/*} && [ "$$directory" ] && [ ! -d $(DESTDIR)$$directory ]; do \
			echo $$directory; \
		done; \
	done); \
	for entry in $(INSTALLED); do \
		IFS=: read -r mode source target <<<"$$entry"; \
		$(INSTALL) -D -m $$mode $$source $(DESTDIR)$$target; \
	done; \
	printf '%s\n' $$made | sort -u | \
		$(INSTALL) -m 644 /dev/stdin $(DESTDIR)$(MADE)

uninstall:
	$(Q)for entry in $(INSTALLED); do rm -f $(DESTDIR)$${entry##*:}; done
	@made=$$(sort -r $(DESTDIR)$(MADE) 2>/dev/null || true); \
	rm -f $(DESTDIR)$(MADE); \
	for directory in $$made; do \
		rmdir --ignore-fail-on-non-empty $(DESTDIR)$$directory 2>/dev/null || true; \
	done

# An archive of the sources, the same bytes each time, and tried.
dist:
	@MAKE='$(MAKE)' tests/package/dist oscore-tools-$(VERSION) build/dist

# A package for apt; DEBFULLNAME and DEBEMAIL say whose it is.
DEB = build/deb
deb: all
	@rm -rf $(DEB)
	@$(MAKE) -s install DESTDIR=$(DEB)/root PREFIX=/usr ZSHDIR=/usr/share/zsh/vendor-completions
	@rm $(DEB)/root/usr/share/oscore-tools/made-directories
	@tests/package/deb $(VERSION) $(DEB)

clean:
	rm -rf build

help:
	@echo 'make deps demo   install what is missing (apt-get), build, show the main job'
	@echo 'make deps check  the same, and run all tests'
	@echo 'make             build the programs in build/release'
	@echo 'make install     into PREFIX=$(PREFIX), below DESTDIR'
	@echo 'make uninstall   remove what install put there'
	@echo 'make dist        an archive of the sources in build/dist, tried'
	@echo 'make deb         a Debian package in build/deb (make deps-deb first), for apt install'
	@echo 'make unit bats   parts of check'
	@echo 'make durability  kills, failing calls, power cuts, races, copies: the long form'
	@echo 'make sanitize    all tests under ASan and UBSan'
	@echo 'make coverage    which lines and branches of lib the tests reach'
	@echo 'make msan        the units under MemorySanitizer; make valgrind: under memcheck'
	@echo 'make portability units and vectors on s390x and armhf, emulated (make deps-portability first)'
	@echo 'make lint        formatting, floors, analysers, manual (make deps-lint first)'
	@echo 'make fuzz-smoke  each fuzz harness for a short time; make fuzz: a long time'
	@echo 'make bench       what a run costs, against a program that does nothing'
	@echo 'make clean       remove build'
	@echo 'Variables: CC CFLAGS CPPFLAGS LDFLAGS PREFIX BINDIR MANDIR DATADIR DESTDIR V=1 STATIC=1'

FORCE:
