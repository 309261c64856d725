# vmspy: one Makefile, not recursive into folders. `make list` prints the targets.
#
# Settings, all on the command line:
#   CC=clang  SAN=address,undefined  WERROR=1  V=1  PREFIX=/usr/local  DESTDIR=  BUILD=build/...

VERSION := 0.1.0
PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
LIBDIR  ?= $(PREFIX)/lib
INCDIR  ?= $(PREFIX)/include
MANDIR  ?= $(PREFIX)/share/man
COMPDIR ?= $(PREFIX)/share/bash-completion/completions
Q       := $(if $(filter 1,$(V)),,@)

# Each compiler and sanitizer has objects of its own, so that runs do not disturb each other.
comma := ,
BUILD := build/$(notdir $(CC))$(if $(SAN),-$(subst $(comma),-,$(SAN)))
JOBS   = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

PACKAGES_LIB  := libelf libdw libproc2
PACKAGES_CMD  := smartcols jansson
PACKAGES_TEST := cmocka
pkg = $(shell pkg-config $(1) $(2) 2>/dev/null)

CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra -Wformat=2 -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef -Wvla -Wswitch-enum \
            -Wno-missing-field-initializers $(if $(WERROR),-Werror)
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all)
PKGFLAGS := $(call pkg,--cflags,$(PACKAGES_LIB) $(PACKAGES_CMD))
VCFLAGS   = -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DVMSPY_VERSION='"$(VERSION)"' \
            -fvisibility=hidden -pthread -MMD -MP -Ilib $(WARNINGS) $(SANFLAGS) $(PKGFLAGS) $(CFLAGS)
LINK      = $(CC) $(CFLAGS) $(SANFLAGS) -pthread $(LDFLAGS)
# It has no pkg-config file, and is linked statically.
LIBIBERTY := -liberty
LIBS     := $(call pkg,--libs,$(PACKAGES_LIB) $(PACKAGES_CMD)) $(LIBIBERTY)

LIB_SRC := $(sort $(wildcard lib/*/*.c))
CMD_SRC := $(sort $(wildcard cmd/*.c cmd/*/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o)
CMD_OBJ := $(CMD_SRC:%.c=$(BUILD)/%.o)
# The program of the textbook stands as the textbook prints it.
SOURCES := $(filter-out %/textbook.c,$(sort $(wildcard lib/*.h lib/*/*.[ch] cmd/*.[ch] \
             cmd/*/*.[ch] tests/*/*.[ch] tests/*/*/*.[ch])))
SCRIPTS := $(sort $(wildcard tests/*.sh tests/*/*.sh tests/*/*.bash cmd/*.bash) .ci/run)
MAN     := $(sort $(wildcard man/*.[1-8]))

# What include/vmspy/ gets: the front door and all that it includes.
PUBLIC_HEADERS = $(patsubst lib/%,%,$(filter lib/%.h,$(shell \
                   $(CC) -std=gnu11 -D_GNU_SOURCE -Ilib -MM -x c lib/vmspy.h)))

.PHONY: all
all: $(BUILD)/libvmspy.a $(BUILD)/vmspy

.PHONY: list
list: ## print the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 18

# --- building -------------------------------------------------------------------------------------

$(BUILD)/%.o: %.c Makefile
	$(if $(PKGFLAGS)$(LIBS),,$(error libraries are missing: run tests/packages.sh build))
	@mkdir -p $(@D)
	$(Q)$(CC) $(VCFLAGS) $(if $(filter cmd/%,$<),-Icmd) -c -o $@ $<

$(BUILD)/libvmspy.a: $(LIB_OBJ)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/vmspy: $(CMD_OBJ) $(BUILD)/libvmspy.a
	$(Q)$(LINK) -o $@ $^ $(LIBS)

-include $(LIB_OBJ:.o=.d) $(CMD_OBJ:.o=.d)

.PHONY: demo
demo: ## install what is missing to build, build, and run the textbook's fork program
	@tests/packages.sh build
	$(Q)$(MAKE) $(if $(Q),-s) --no-print-directory $(JOBS) all
	$(Q)$(BUILD)/vmspy demo

# Text for JSON, inside the single quotes of a shell.
quoted = $(subst ','\'',$(subst ",\",$(1)))

compile_commands.json: $(LIB_SRC) $(CMD_SRC) Makefile ## for editors and clangd
	$(Q)for source in $(LIB_SRC) $(CMD_SRC); do \
		printf '{ "directory": "%s", "file": "%s", "command": "%s -c %s" },\n' '$(CURDIR)' \
			"$$source" '$(call quoted,$(CC) $(VCFLAGS) -Icmd)' "$$source"; \
	done | sed '1s/^/[\n/; $$s/,$$/\n]/' >$@

# --- tests ----------------------------------------------------------------------------------------

# A unit test is one file: tests/unit/test_NAME.c. Those of cmd/ link everything but main.
UNIT      := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/unit/test_*.c)))
CMD_PARTS := $(filter-out $(BUILD)/cmd/main.o,$(CMD_OBJ))

$(BUILD)/tests/unit/test_%: tests/unit/test_%.c $(BUILD)/libvmspy.a $(CMD_PARTS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(VCFLAGS) -Icmd -Itests/unit $(LDFLAGS) -o $@ $< $(CMD_PARTS) \
		$(BUILD)/libvmspy.a $(LIBS) $(call pkg,--libs,$(PACKAGES_TEST))

-include $(UNIT:=.d)

# Programs that make one state and tell what must be seen. They are never sanitized: what they are
# about is the memory that they have.
PLAIN    = $(CC) -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -O2 -g -pthread
LIVE    := $(BUILD)/tests/live
CLI     := $(BUILD)/tests/cli
FIXTURES := $(patsubst tests/live/fixtures/%.c,$(LIVE)/%,\
              $(filter-out %/textbook.c,$(sort $(wildcard tests/live/fixtures/*.c)))) \
            $(LIVE)/textbook $(LIVE)/textbook-now $(LIVE)/oracle $(LIVE)/peak $(LIVE)/members $(LIVE)/names \
            $(patsubst tests/cli/fixtures/%.c,$(CLI)/%,$(wildcard tests/cli/fixtures/*.c))

$(LIVE)/%: tests/live/fixtures/%.c tests/live/fixtures/fixture.h
	@mkdir -p $(@D)
	$(Q)$(PLAIN) -o $@ $<

# Nothing of it is mapped by anybody else: its figures do not change with what else runs.
$(LIVE)/mapped: PLAIN += -static

$(LIVE)/%: tests/live/%.c
	@mkdir -p $(@D)
	$(Q)$(PLAIN) -o $@ $<

# Programs that ask the library, as any other would.
$(LIVE)/members: tests/live/types/members.c
$(LIVE)/names: tests/live/elf/names.c
$(LIVE)/members $(LIVE)/names: $(BUILD)/libvmspy.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(VCFLAGS) $(LDFLAGS) -o $@ $(filter %.c,$^) $< $(LIBS)

$(CLI)/%: tests/cli/fixtures/%.c
	@mkdir -p $(@D)
	$(Q)$(PLAIN) -o $@ $<

# The program of the textbook as it is, and without lazy binding.
$(LIVE)/textbook $(LIVE)/textbook-now: tests/live/fixtures/textbook.c
	@mkdir -p $(@D)
	$(Q)$(CC) -O0 -g $(if $(filter %-now,$@),-Wl$(comma)-z$(comma)now) -o $@ $<

TEST_ENV = CC='$(CC)' VMSPY=$(BUILD)/vmspy VMSPY_FIXTURES=$(LIVE) FIXTURES=$(CLI)

.PHONY: check
check: ## install what is missing, build, and run all tests that change no setting of the machine
	@tests/packages.sh test
	$(Q)$(MAKE) $(if $(Q),-s) --no-print-directory $(JOBS) all tests
	$(Q)$(MAKE) --no-print-directory check-unit check-cli check-quiet check-install check-fuzz

.PHONY: tests
tests: $(UNIT) $(FIXTURES)

.PHONY: check-unit
check-unit: $(UNIT) ## the unit tests alone; take SAN= and CC=
	$(Q)prove --exec tests/unit/tap.bash $(UNIT)

.PHONY: check-cli
check-cli: $(BUILD)/vmspy $(FIXTURES)
	$(Q)$(TEST_ENV) bats $(sort $(wildcard tests/cli/*.bats))

# Live tests that change nothing of the machine.
.PHONY: check-quiet
check-quiet: $(BUILD)/vmspy $(FIXTURES)
	$(Q)$(TEST_ENV) bats $(sort $(wildcard tests/live/*.bats))

.PHONY: check-live
check-live: $(BUILD)/vmspy $(FIXTURES) ## live tests that change settings of the machine, and restore them (root)
	$(Q)$(TEST_ENV) bats $(sort $(wildcard tests/live/settings/*.bats))

.PHONY: check-programs
check-programs: $(BUILD)/vmspy $(FIXTURES) ## real servers: redis, nginx, python, postgres, chromium
	$(Q)$(TEST_ENV) bats $(sort $(wildcard tests/programs/*.bats))

.PHONY: check-install
check-install: all ## install into a folder, and build a program against what was installed
	$(Q)tests/install.sh '$(BUILD)'

BENCH     := $(BUILD)/tests/bench
BENCH_SRC := $(addprefix tests/bench/,bench.c measure.c pairs.c programs.c report.c target.c yardstick.c)
SYMBOLS   := 1500000

.PHONY: bench
bench: $(BUILD)/vmspy $(BENCH)/bench $(BENCH)/big $(BENCH)/copies $(BENCH)/symbols ## what it costs, beside what anybody would do instead (root)
	$(Q)$(BENCH)/bench $(BUILD)/vmspy $(BENCH) tests/bench $(BENCH)/bench.json

$(BENCH)/bench: $(BENCH_SRC) tests/bench/bench.h
	@mkdir -p $(@D)
	$(Q)$(PLAIN) -o $@ $(BENCH_SRC) $(call pkg,--cflags --libs,jansson)

$(BENCH)/big: $(LIVE)/big
	@mkdir -p $(@D)
	$(Q)ln -f $< $@

$(BENCH)/copies: tests/bench/copies.c
	@mkdir -p $(@D)
	$(Q)$(PLAIN) -o $@ $<

$(BENCH)/symbols.s: tests/bench/symbols.awk
	@mkdir -p $(@D)
	$(Q)awk -v count=$(SYMBOLS) -f $< >$@

$(BENCH)/symbols: tests/bench/symbols.c $(BENCH)/symbols.s
	$(Q)$(PLAIN) -Itests/live/fixtures -o $@ $^

# --- fuzzing --------------------------------------------------------------------------------------

FUZZ_SECONDS ?= 60
FUZZ_NAMES   := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_BUILD   := build/fuzz
corpus        = tests/data/$(if $(filter kinds,$(1)),maps,$(1))

.PHONY: fuzz
fuzz: $(FUZZ_NAMES:%=fuzz-%) ## every parser for FUZZ_SECONDS (60), with clang

.PHONY: $(FUZZ_NAMES:%=fuzz-%)
$(FUZZ_NAMES:%=fuzz-%): fuzz-%: $(FUZZ_BUILD)/fuzz_%
	@mkdir -p $(FUZZ_BUILD)/corpus/$*
	$(Q)$< -max_total_time=$(FUZZ_SECONDS) -max_len=16384 -timeout=10 \
		-artifact_prefix=$(FUZZ_BUILD)/ $(FUZZ_BUILD)/corpus/$* $(call corpus,$*)

$(FUZZ_BUILD)/fuzz_%: tests/fuzz/fuzz_%.c $(LIB_SRC)
	@mkdir -p $(@D)
	$(Q)clang $(filter-out -MMD -MP,$(VCFLAGS)) -Itests/fuzz -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -o $@ $^ $(LIBS)

# The short form: the same promises, on what is known.
.PHONY: check-fuzz
check-fuzz: $(FUZZ_NAMES:%=$(BUILD)/tests/fuzz/replay_%)
	$(Q)$(foreach name,$(FUZZ_NAMES),$(BUILD)/tests/fuzz/replay_$(name) $(call corpus,$(name))/* &&) :

$(BUILD)/tests/fuzz/replay_%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c $(BUILD)/libvmspy.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -MMD -MP,$(VCFLAGS)) -Itests/fuzz -o $@ $^ $(LIBS)

# --- lint -----------------------------------------------------------------------------------------

.PHONY: lint
lint: all ## layout, floors, sizes, names, headers, scripts, man pages
	$(Q)clang-format --dry-run --Werror $(SOURCES)
	$(Q)tests/lint/floors.sh
	$(Q)tests/lint/size.sh
	$(Q)tests/lint/tree.sh
	$(Q)CC='$(CC)' tests/lint/headers.sh
	$(Q)tests/lint/names.sh $(BUILD)/libvmspy.a
	$(Q)shellcheck $(SCRIPTS)
	$(Q)mandoc -Tlint -W warning $(MAN)
	$(Q)VMSPY=$(BUILD)/vmspy tests/lint/man.sh
	$(Q)$(MAKE) --no-print-directory compile_commands.json
	$(Q)jq empty compile_commands.json

# --- installing -----------------------------------------------------------------------------------

define pkgconfig
prefix=$(PREFIX)
libdir=$(LIBDIR)
includedir=$(INCDIR)/vmspy

Name: vmspy
Description: what two address spaces share, and what broke the sharing
Version: $(VERSION)
Requires: $(PACKAGES_LIB)
Libs: -L$${libdir} -lvmspy $(LIBIBERTY) -pthread
Cflags: -I$${includedir}
endef
export pkgconfig

.PHONY: install
install: all ## program, library, headers, man pages, completion; takes PREFIX and DESTDIR
	$(Q)install -D -m 755 $(BUILD)/vmspy '$(DESTDIR)$(BINDIR)/vmspy'
	$(Q)install -D -m 644 $(BUILD)/libvmspy.a '$(DESTDIR)$(LIBDIR)/libvmspy.a'
	$(Q)for header in $(PUBLIC_HEADERS); do \
		install -D -m 644 "lib/$$header" "$(DESTDIR)$(INCDIR)/vmspy/$$header" || exit 1; done
	$(Q)for page in $(MAN); do \
		install -D -m 644 "$$page" "$(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}" || exit 1; done
	$(Q)install -D -m 644 cmd/completion.bash '$(DESTDIR)$(COMPDIR)/vmspy'
	$(Q)install -d '$(DESTDIR)$(LIBDIR)/pkgconfig'
	$(Q)echo "$$pkgconfig" >'$(DESTDIR)$(LIBDIR)/pkgconfig/vmspy.pc'

.PHONY: uninstall
uninstall: ## remove what install put there
	$(Q)rm -f '$(DESTDIR)$(BINDIR)/vmspy' '$(DESTDIR)$(LIBDIR)/libvmspy.a' \
		'$(DESTDIR)$(LIBDIR)/pkgconfig/vmspy.pc' '$(DESTDIR)$(COMPDIR)/vmspy'
	$(Q)rm -rf '$(DESTDIR)$(INCDIR)/vmspy'
	$(Q)for page in $(MAN); do rm -f "$(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}"; done

.PHONY: clean
clean: ## remove everything that was built
	$(Q)rm -rf build compile_commands.json
