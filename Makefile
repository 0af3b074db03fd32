# deed: a record that holds up.  GNU make; "make help" lists the targets.
# Local settings (CC, CFLAGS, PREFIX, SAN=1 ...) go into config.mk.

-include config.mk

PREFIX  ?= /usr/local
CFLAGS  ?= -O2 -g
V       ?= 0
VERSION := $(shell cat VERSION)

# What a Debian 12 needs: to build, and beyond that to test.
BUILD_DEPS := gcc make git pkg-config libgit2-dev libarchive-dev libyaml-dev \
	libssl-dev libjansson-dev libdeflate-dev zlib1g-dev \
	libgmime-3.0-dev libpsl-dev libcurl4-openssl-dev \
	libpango1.0-dev libgdk-pixbuf-2.0-dev
# What the slim build links into itself, beyond those.
STATIC_DEPS := liblzma-dev libzstd-dev libbz2-dev liblz4-dev nettle-dev \
	libacl1-dev libxml2-dev
RUN_DEPS   := git git-lfs openssh-client
CHECK_DEPS := $(RUN_DEPS) bats parallel libcmocka-dev jq gojq mandoc shellcheck \
	clang clang-format clang-tidy cppcheck libclang-rt-14-dev unzip zip \
	p7zip-full \
	libarchive-tools default-jdk-headless python3 python3-yaml \
	python3-jsonschema openssl mawk strace valgrind zsh fish bsdextrautils \
	xz-utils gnupg rsync fonts-noto-core fonts-noto-cjk \
	fonts-noto-color-emoji locales poppler-utils chromium nodejs

PKGS := libgit2 yaml-0.1 libcrypto jansson libdeflate zlib
pkg  = $(shell pkg-config $(1) $(PKGS) 2>/dev/null)
# Loaded when it is needed, see core/ext/libarchive.h.
LAZY_PKGS := libarchive

FORTIFY  := $(if $(SAN)$(findstring sanitize,$(CFLAGS))$(findstring \
	coverage,$(CFLAGS)),,-D_FORTIFY_SOURCE=2)

override CPPFLAGS += -I. -I$B/embed -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-DDEED_VERSION='"$(VERSION)"' -DDEED_DATA='"$(DATADIR)"' \
	-DDEED_LIBEXEC='"$(LIBEXECDIR)"'
override CFLAGS   += -std=c11 -pthread -Wall -Wextra -Wshadow \
	-Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wvla \
	-Wformat=2 -Wno-missing-field-initializers \
	$(call pkg,--cflags $(LAZY_PKGS))
# Valgrind 3.19 cannot read the newer form, as clang 14 writes it.
override CFLAGS   += $(if $(findstring clang,$(CC)),-gdwarf-4)
# The same sources make the same program, in whatever folder.
override CFLAGS   += -ffile-prefix-map=$(CURDIR)=.
# Against what a stranger's bytes might do: guards on the stack, checked
# copying, an address that is not known, a table of functions nobody rewrites.
# A sanitizer checks more, in its own way.
BRANCHES := $(shell $(CC) -fcf-protection -E -x c /dev/null >/dev/null 2>&1 && \
	echo -fcf-protection)
override CFLAGS  += -fstack-protector-strong -fPIE $(FORTIFY) $(BRANCHES)
override LDFLAGS += -pie -Wl,-z,relro,-z,now
ifdef STATIC
# The slim build: everything inside, libgit2 without its network half.
a = $(shell $(CC) -print-file-name=lib$(1).a)
override CPPFLAGS += -DDEED_SLIM
override CFLAGS  += -ffunction-sections
override LDFLAGS += -Wl,--gc-sections
SLIM_LDFLAGS := -static-pie -Wl,--wrap=dlopen,--wrap=gethostbyname \
	-Wl,--wrap=getaddrinfo,--wrap=getpwuid_r
override LDLIBS  += $(foreach l,git2 archive yaml jansson \
	deflate crypto mbedcrypto pcre2-8 lzma zstd bz2 lz4 nettle acl xml2 \
	icuuc icudata z,$(call a,$l)) -pthread -lm
else
# core/ext/repo.c stands in for this one, see there
override LDFLAGS += -Wl,--export-dynamic-symbol=mbedtls_x509_crt_parse_file
override LDLIBS  += $(call pkg,--libs) -pthread
endif
DATADIR ?= $(PREFIX)/share/deed
LIBEXECDIR ?= $(PREFIX)/libexec/deed

ifdef SAN
override CFLAGS  += -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
override LDFLAGS += -fsanitize=address,undefined
endif

B        := build$(if $(SAN),-san)$(if $(STATIC),-slim)
SRC_CORE := $(sort $(wildcard core/*.c core/*/*.c))
SRC_CMD  := $(sort $(wildcard cmd/*.c cmd/*/*.c))
SRC_MAIL := $(sort $(wildcard libexec/mail/*.c))
SRC_FETCH := $(sort $(wildcard libexec/fetch/*.c))
SRC_REPORT := $(sort $(wildcard libexec/report/*.c))
SRC_UNIT := $(sort $(wildcard tests/unit/*_test.c))
SRC_FUZZ := $(sort $(wildcard tests/fuzz/*_fuzz.c))
ALL_C    := $(sort $(wildcard core/*.[ch] core/*/*.[ch] cmd/*.[ch] \
	cmd/*/*.[ch] libexec/*/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch] \
	tests/lib/*.c))
obj       = $(patsubst %.c,$B/%.o,$(1))
Q        := $(if $(filter 0,$(V)),@)
say       = $(if $(filter 0,$(V)),@printf '  %-4s %s\n' $(1) $(2))

HELPERS := $B/libexec/deed-mail $B/libexec/deed-fetch $B/libexec/deed-report

all: $B/deed $(HELPERS)			## build build/deed and its helpers

$B/deed: $(call obj,$(SRC_CMD)) $B/libdeed.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) $(SLIM_LDFLAGS) -o $@ $^ $(LDLIBS)

$B/slim-stubs.c: share/slim-stubs.sh
	$(Q)mkdir -p $(@D) && sh share/slim-stubs.sh $(call a,git2) >$@
$B/slim-stubs.o: $B/slim-stubs.c
	$(Q)$(CC) -O2 -c -o $@ $<
ifdef STATIC
$B/deed: $B/slim-stubs.o
endif

# Helper programs: their libraries take long to load, so deed itself does
# without them and runs these as git runs its own.
MAIL_PKGS := gmime-3.0 libpsl libcrypto
mail_pkg   = $(shell pkg-config $(1) $(MAIL_PKGS) 2>/dev/null)

$(call obj,$(SRC_MAIL)): override CFLAGS += $(call mail_pkg,--cflags)

$(call obj,$(SRC_FETCH)): override CFLAGS += $(shell pkg-config --cflags \
	libcurl 2>/dev/null)

$B/libexec/deed-fetch: $(call obj,$(SRC_FETCH)) $B/libdeed.a
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(LDFLAGS) -o $@ $^ \
		$(shell pkg-config --libs libcurl 2>/dev/null) -pthread

REPORT_PKGS := pangocairo gdk-pixbuf-2.0
report_pkg   = $(shell pkg-config $(1) $(REPORT_PKGS) 2>/dev/null)

$(call obj,$(SRC_REPORT)): override CFLAGS += $(call report_pkg,--cflags)

$B/libexec/deed-report: $(call obj,$(SRC_REPORT)) $B/libdeed.a
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(LDFLAGS) -o $@ $^ \
		$(call report_pkg,--libs) -ljansson -pthread

$B/libdeed-mail.a: $(filter-out %/deed-mail.o,$(call obj,$(SRC_MAIL)))
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

$B/libexec/deed-mail: $B/libexec/mail/deed-mail.o $B/libdeed-mail.a $B/libdeed.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(call mail_pkg,--libs) -lresolv -pthread

$B/libdeed.a: $(call obj,$(SRC_CORE))
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcsD $@ $^

$B/%.o: %.c Makefile VERSION
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Text files that the program carries, to be included as C strings.
define EMBED
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)LC_ALL=C sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $< >$@
endef
$B/embed/%.inc: data/%
	$(EMBED)
$B/embed/%.inc: completions/%
	$(EMBED)
$B/cmd/completion.o: $B/embed/deed.bash.inc $B/embed/_deed.inc \
	$B/embed/deed.fish.inc
$B/core/evidence/howto.o: $B/embed/check-chain.sh.inc
$B/core/evidence/page.o: $B/embed/page.css.inc $B/embed/page.js.inc

# The command-line modules without main: tests of options need them.
$B/tests/unit/%_test: $B/tests/unit/%_test.o $B/libdeed.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(filter %.o,$(filter-out $<,$^)) \
		$B/libdeed.a $(LDLIBS) -lcmocka

# A fuzz target replays its corpus as a unit test.
$B/tests/unit/%_fuzz_test: $B/tests/fuzz/%_fuzz.o $B/tests/fuzz/driver.o \
		$B/libdeed.a
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) \
		$(filter %.a,$^) $(LDLIBS)

$B/tests/fuzz/%_fuzz: $B/tests/fuzz/%_fuzz.o $B/libdeed.a
	$(call say,LD,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LDLIBS)

# Options belong to the command line.
$B/tests/unit/options_fuzz_test $B/tests/fuzz/options_fuzz: $B/cmd/cli/opt.o

# Tests of what the helper for mails is made of.
MAIL_TESTS := $(patsubst %,$B/tests/unit/%_test,dkim mbox mime mail_fuzz) \
	$B/tests/fuzz/mail_fuzz
$(MAIL_TESTS): $B/libdeed-mail.a
$(MAIL_TESTS): override LDLIBS += $B/libdeed-mail.a $B/libdeed.a \
	$(call mail_pkg,--libs) -lresolv

$B/tests/unit/mailing_test: | $B/libexec/deed-mail

# Preloaded, they make calls to the disk fail (tests/lib/faults.py), and time and
# chance repeat themselves (share/session.py).
$B/tests/lib/%.so: tests/lib/%.c
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(CC) -std=c11 -D_GNU_SOURCE -O1 -Wall -Wextra \
		-fno-builtin -shared -fPIC -o $@ $< -ldl

unit-tests: $B/tests/lib/faults.so $B/tests/lib/fixed.so
unit-tests: $(SRC_UNIT:%.c=$B/%) $(SRC_FUZZ:tests/fuzz/%.c=$B/tests/unit/%_test)

deps:						## install the packages (Debian; asks for root if needed)
	@sh tests/deps $(BUILD_DEPS) $(CHECK_DEPS) $(if $(STATIC),$(STATIC_DEPS))

demo:						## the main job on a real example, from nothing
	@sh tests/deps $(BUILD_DEPS) $(RUN_DEPS) unzip
	@$(MAKE) --no-print-directory all
	@sh share/demo.sh "$(abspath $B/deed)"

check:						## every test
	@sh tests/deps $(BUILD_DEPS) $(CHECK_DEPS)
	@$(MAKE) --no-print-directory all unit-tests SAN=$(SAN)
	@DEED="$(abspath $B/deed)" UNIT="$(abspath $B/tests/unit)" sh tests/run

# node from elsewhere brings its own npm, and conflicts with Debian's
BENCH_DEPS := git-lfs zip openssl linux-source-6.1 time util-linux \
	$(shell command -v npm >/dev/null || echo nodejs npm)
bench:						## speed beside other tools: make bench ROWS="list pack"
	@sh tests/deps $(BUILD_DEPS) $(STATIC_DEPS) $(RUN_DEPS) $(BENCH_DEPS)
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory build-slim/deed STATIC=1
	@mkdir -p build/bench
	@python3 tests/bench/bench.py build/deed build-slim/deed build/bench $(ROWS)

soak:						## the tests that take long: every fault, every bound
	@sh tests/deps $(BUILD_DEPS) $(CHECK_DEPS) $(STATIC_DEPS) debootstrap
	@$(MAKE) --no-print-directory all unit-tests SAN=$(SAN)
	@DEED="$(abspath $B/deed)" UNIT="$(abspath $B/tests/unit)" \
		SOAK="$(SOAK)" sh tests/soak/run

FUZZ    ?= stream
SECONDS ?= 60
ifeq ($(FUZZ),all)
fuzz:
	@set -e; for f in $(SRC_FUZZ:tests/fuzz/%_fuzz.c=%); do \
		$(MAKE) --no-print-directory fuzz FUZZ=$$f SECONDS=$(SECONDS); done
else
# liblzma asks for 4 GiB if a header says so, but touches only what it fills.
fuzz:						## libFuzzer: make fuzz FUZZ=stream (or all; intake READER=csv) SECONDS=60
	@$(MAKE) --no-print-directory B=build-fuzz CC=clang \
		CFLAGS="-O1 -g -fsanitize=fuzzer-no-link,address,undefined \
			-fno-sanitize-recover=all" \
		LDFLAGS=-fsanitize=fuzzer,address,undefined \
		build-fuzz/tests/fuzz/$(FUZZ)_fuzz
	@mkdir -p build-fuzz/corpus/$(FUZZ)
	$(if $(READER),FUZZ_READER=$(READER)) \
	build-fuzz/tests/fuzz/$(FUZZ)_fuzz -max_total_time=$(SECONDS) \
		-malloc_limit_mb=4096 \
		-artifact_prefix=build-fuzz/ -print_final_stats=1 \
		$(patsubst %,-dict=%,$(wildcard tests/fuzz/$(FUZZ).dict)) \
		build-fuzz/corpus/$(FUZZ) tests/fuzz/corpus/$(FUZZ)
endif

PICTURE_DEPS := chromium nodejs python3 pngquant fonts-noto-core
pictures:					## those of the README, of what deed prints now: doc/
	@sh tests/deps $(BUILD_DEPS) $(RUN_DEPS) unzip $(PICTURE_DEPS)
	@$(MAKE) --no-print-directory all $B/tests/lib/fixed.so
	@sh share/pictures.sh $B doc

COVERAGE_DEPS := lcov
coverage:					## which lines the tests run: make coverage TESTS="tests/cli/log.bats"
	@sh tests/deps $(BUILD_DEPS) $(CHECK_DEPS) $(COVERAGE_DEPS)
	@$(MAKE) --no-print-directory B=build-coverage \
		CFLAGS="-O0 -g --coverage -fprofile-update=atomic" \
		LDFLAGS=--coverage all unit-tests
	@DEED="$(abspath build-coverage/deed)" \
		UNIT="$(abspath build-coverage/tests/unit)" \
		sh tests/coverage build-coverage $(TESTS)

lint:						## format, layers, banned words, man pages, scripts
	@sh tests/lint/all

# A file is looked at again when its object is made anew.
TIDY_C   := $(SRC_CORE) $(SRC_CMD) $(SRC_MAIL) $(SRC_FETCH) $(SRC_REPORT) \
	$(sort $(wildcard tests/unit/*.c tests/fuzz/*.c))
tidy: $(TIDY_C:%.c=$B/tidy/%.ok)		## clang-tidy, of what changed; from nothing it takes long
$B/tidy/core/util/err.ok: TIDY_SEES :=
TIDY_SEES := -include tests/lint/tidy.h
$B/tidy/%.ok: %.c $B/%.o .clang-tidy tests/.clang-tidy
	$(call say,TIDY,$<)
	$(Q)mkdir -p $(@D) && clang-tidy --quiet $< -- $(TIDY_SEES) $(CPPFLAGS) $(CFLAGS) \
		$(call mail_pkg,--cflags) $(call report_pkg,--cflags) \
		>$@.said 2>/dev/null || { cat $@.said; exit 1; }
	$(Q)mv $@.said $@

fmt:						## rewrite the sources with clang-format
	$(Q)clang-format -i $(ALL_C)

clean:						## remove what was built
	rm -rf build build-san build-fuzz build-coverage demo

include packaging/install.mk

help:						## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile packaging/install.mk | \
		expand -t12

.PHONY: all unit-tests deps demo check soak bench fuzz pictures coverage lint tidy \
	fmt clean help
.DELETE_ON_ERROR:
.SECONDARY:
-include $(shell find $B -name '*.d' 2>/dev/null)
