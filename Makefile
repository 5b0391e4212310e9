# SPDX-License-Identifier: GPL-3.0-or-later
# liandong.  `make demo` shows a result, `make paper` a paper, `make test` tests, `make check` tests all there is.
#
# A configuration has a folder of its own: build/, build/clang/, build/asan/, build/clang-asan/, build/native/ ...
#   CC=clang    another compiler                  NATIVE=1   for this processor; same bits
#                                             PORTABLE=1 for any of its architecture
#   SAN=1       ASan + UBSan (also fuzz, thread)  OPENMP=0   without OpenMP; same bits
#   MPI=1       ranks take runs (Open MPI); same bits
#   WERROR=     warnings are no errors            V=1        show the commands

VERSION = 0.1.0
PREFIX  = /usr/local
PYTHON  = /usr/bin/python3
ifeq ($(origin CC),default)
CC = gcc
endif
OPENMP = 1

comma  := ,
space  := $(subst ,, )
config := $(if $(findstring clang,$(CC)),clang) $(SAN:1=asan) $(if $(NATIVE),native) $(if $(PORTABLE),portable) $(if $(filter 0,$(OPENMP)),serial) $(if $(filter-out 0,$(MPI)),mpi)
B      := build$(addprefix /,$(subst $(space),-,$(strip $(config))))
MAKEFLAGS += --no-print-directory
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif

# The vectors of the machine that builds, and its timings; the bits are the same.  AVX-512 from the processors on that do not slow
# down for it, which are those that can also compress words (VBMI2).
has      = $(shell grep -qw $1 /proc/cpuinfo 2>/dev/null && echo yes)
WIDE     = -mprefer-vector-width=512
VECTORS := $(if $(call has,avx512_vbmi2),-march=x86-64-v4 -mavx512vbmi2 $(WIDE) -mtune=native,\
               $(if $(call has,avx2),-march=x86-64-v3 -mtune=native))
MACHINE := $(if $(NATIVE),-march=native $(if $(call has,avx512_vbmi2),$(WIDE)),$(if $(PORTABLE)$(SAN),,$(VECTORS)))

# ---- flags -------------------------------------------------------------------------------------------------------
# What can change bits; it stands in every result file.  Never -ffast-math, never contraction to FMA.
BITS    = -std=c17 $(if $(SAN),-O1,-O3) -ffp-contract=off -fno-math-errno -fno-trapping-math $(MACHINE)
# sanitizers make gcc see overlaps and truncations that are not there
WERROR  = $(if $(SAN),,-Werror)
WARN    = -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla $(WERROR)
SANITIZERS_1      = address,undefined
SANITIZERS_fuzz   = address,undefined,fuzzer-no-link
SANITIZERS_thread = thread
SANITIZE = $(if $(SAN),-fsanitize=$(SANITIZERS_$(SAN)) -fno-sanitize-recover=all -fno-omit-frame-pointer)
OPTIMISED = $(BITS) # tests themselves are compiled with -O1, see below
ALL     = $(OPTIMISED) $(WARN) $(SANITIZE) -g -Iinclude -MMD -MP $(CFLAGS)
PKG     = $(shell pkg-config $1)

# ---- files -------------------------------------------------------------------------------------------------------
ENGINE_SRC := $(wildcard sim/base/*.c sim/world/*.c sim/month/*.c sim/policy/*.c)
RANKS_SRC  := sim/run/ranks_$(if $(filter-out 0,$(MPI)),mpi,serial).c
REST_SRC   := $(filter-out sim/run/ranks_%.c,$(wildcard sim/run/*.c sim/io/*.c sim/commands/*.c analysis/*.c)) $(RANKS_SRC)
TEST_SRC   := $(wildcard tests/unit/test_*.c tests/theory/test_*.c tests/reference/test_*.c tests/faults/test_*.c)
HELP_SRC   := $(filter-out $(TEST_SRC),$(wildcard tests/unit/*.c tests/theory/*.c tests/reference/*.c tests/faults/*.c))
OPENMP_SRC := $(shell grep -ls 'pragma omp' $(ENGINE_SRC))
objects     = $(patsubst %.c,$(B)/obj/%.o,$1)
TESTS      := $(patsubst tests/%.c,$(B)/tests/%,$(TEST_SRC))
ENGINE     := $(B)/libliandong-engine.a
REST       := $(B)/libliandong-rest.a

# Each folder gets what it needs and nothing more: the engine no GNU extension, one file of it OpenMP.
gnu := -D_GNU_SOURCE
$(call objects,$(REST_SRC) sim/main.c):        EXTRA = $(gnu)
$(call objects,$(filter sim/io/%,$(REST_SRC))): EXTRA = $(gnu) $(call PKG,--cflags hdf5 yaml-0.1 zlib)
$(call objects,sim/run/cache.c sim/run/journal.c): EXTRA = $(gnu) $(call PKG,--cflags zlib)
$(call objects,$(filter analysis/% sim/commands/coupling.c,$(REST_SRC))): EXTRA = $(gnu) $(call PKG,--cflags gsl)
$(call objects,$(wildcard tests/tools/bench*.c) tests/tools/pace.c): EXTRA = $(gnu)
$(call objects,$(TEST_SRC) $(HELP_SRC)):       EXTRA = $(gnu) $(call PKG,--cflags criterion gsl hdf5 zlib)
$(call objects,$(TEST_SRC) $(HELP_SRC)):       OPTIMISED = $(patsubst -O3,-O1,$(BITS))
$(call objects,sim/run/ranks_mpi.c): EXTRA = $(gnu) $(patsubst -I%,-isystem %,$(call PKG,--cflags ompi-c))
ifneq ($(OPENMP),0)
$(call objects,$(OPENMP_SRC)): EXTRA = -fopenmp
LINK = -fopenmp
endif
LIBS = $(call PKG,--libs-only-L hdf5) -lhdf5_hl $(call PKG,--libs hdf5 yaml-0.1 gsl zlib) $(if $(filter-out 0,$(MPI)),$(call PKG,--libs ompi-c))

# ---- build -------------------------------------------------------------------------------------------------------
.PHONY: all engine
all: $(B)/liandong $(ENGINE)
engine: $(ENGINE)

Q = $(if $(V),,@)
$(B)/obj/%.o: %.c
	@mkdir -p $(@D); echo "  cc   $<"
	$(Q)$(CC) $(ALL) $(EXTRA) -c $< -o $@

$(ENGINE): $(call objects,$(ENGINE_SRC))
$(REST):   $(call objects,$(REST_SRC))
$(B)/libliandong-tests.a: $(call objects,$(HELP_SRC))
%.a:
	@mkdir -p $(@D); echo "  ar   $@"
	$(Q)rm -f $@; ar rcs $@ $^

$(B)/liandong: $(call objects,sim/main.c) $(REST) $(ENGINE)
	@echo "  link $@"
	$(Q)$(CC) $(SANITIZE) $(LINK) $(LDFLAGS) $^ $(LIBS) -o $@

$(TESTS): $(B)/tests/%: $(B)/obj/tests/%.o $(B)/libliandong-tests.a $(REST) $(ENGINE)
	@mkdir -p $(@D); echo "  link $@"
	$(Q)$(CC) $(SANITIZE) $(LINK) $(LDFLAGS) $^ $(call PKG,--libs criterion) $(LIBS) -o $@

# One small file knows version, revision, flags and folder: when they change, it alone is compiled again.
REVISION := $(shell test -e .git && git describe --always --dirty --abbrev=12 --exclude '*' 2>/dev/null || echo unknown)
IDENTITY  = -DLIANDONG_VERSION='"$(VERSION)"' -DLIANDONG_REVISION='"$(REVISION)"' \
            -DLIANDONG_FLAGS='"$(strip $(BITS))"' -DLIANDONG_DATADIR='"$(PREFIX)/share/liandong"'
$(B)/obj/sim/io/version.o: EXTRA = $(IDENTITY)
$(B)/obj/sim/io/version.o: $(B)/identity
$(B)/identity: always
	@mkdir -p $(@D); echo "$(subst ",,$(IDENTITY))" | cmp -s - $@ || echo "$(subst ",,$(IDENTITY))" >$@
.PHONY: always

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

# ---- packages of Debian 12 ---------------------------------------------------------------------------------------
.PHONY: deps deps-check
DEPS = gcc libc6-dev pkg-config libhdf5-dev zlib1g-dev libyaml-dev libgsl-dev librandom123-dev libcriterion-dev \
       netcdf-bin python3 python3-h5py
DEPS_CHECK = clang clang-format clang-tidy cppcheck libclang-rt-14-dev libomp-14-dev valgrind \
       openmpi-bin libopenmpi-dev slurm-wlm iproute2 python3-xarray python3-h5netcdf python3-netcdf4 python3-pandas r-cran-ncdf4 python3-matplotlib fonts-noto-cjk
deps:
	@tests/tools/packages.sh $(DEPS)
deps-check: deps
	@tests/tools/packages.sh $(DEPS_CHECK)

# ---- use ---------------------------------------------------------------------------------------------------------
.PHONY: demo docs paper install uninstall clean
demo: deps
	@$(MAKE) $(B)/liandong
	$(B)/liandong run guangzhou --runs 10 -o guangzhou.h5
	@$(PYTHON) -c 'import matplotlib' 2>/dev/null || { echo "no picture: python3-matplotlib is not installed"; exit 0; } && \
	 $(PYTHON) analysis/figures/overview.py guangzhou.h5 -o guangzhou.png

docs: $(B)/liandong
	docs/make-docs.sh $(B)/liandong docs/generated

# Tables and figures as papers on coupling coordination have them, from worlds instead of yearbooks.
paper: $(B)/liandong
	@PYTHON=$(PYTHON) docs/paper/make-paper.sh $(B)/liandong $(B)/paper docs/paper

share = $(DESTDIR)$(PREFIX)/share
install: $(B)/liandong $(ENGINE)
	docs/make-docs.sh $(B)/liandong $(B)/docs
	install -D $(B)/liandong $(DESTDIR)$(PREFIX)/bin/liandong
	install -D -m 644 $(B)/docs/liandong.1 $(share)/man/man1/liandong.1
	install -D -m 644 $(B)/docs/liandong.bash $(share)/bash-completion/completions/liandong
	install -d $(share)/liandong
	cp -R scenarios $(share)/liandong/
	install -D -m 644 $(ENGINE) $(DESTDIR)$(PREFIX)/lib/libliandong-engine.a
	install -d $(DESTDIR)$(PREFIX)/include/liandong
	install -m 644 include/liandong/* $(DESTDIR)$(PREFIX)/include/liandong/
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/liandong $(DESTDIR)$(PREFIX)/lib/libliandong-engine.a
	rm -f $(share)/man/man1/liandong.1 $(share)/bash-completion/completions/liandong
	rm -rf $(share)/liandong $(DESTDIR)$(PREFIX)/include/liandong
clean:
	rm -rf build

# ---- test --------------------------------------------------------------------------------------------------------
.PHONY: test tests bench facts
tests: $(TESTS)
test: $(B)/liandong $(B)/faults.so tests
	@$(PYTHON) tests/tools/run-tests.py --binary $(B)/liandong $(TESTS)

# Faults for tests/faults; -fno-builtin, so that no call is taken for granted.
$(B)/faults.so: tests/tools/faults.c
	@mkdir -p $(@D); echo "  cc   $<"
	$(Q)$(CC) -std=gnu17 -D_GNU_SOURCE -O1 -fno-builtin -fPIC -shared $(WARN) $< -o $@ -ldl

# Figures against the bars; the minimal kernel is timed in the same run.
$(B)/bench: $(call objects,$(wildcard tests/tools/bench*.c)) $(REST) $(ENGINE)
	$(Q)$(CC) $(LINK) $(LDFLAGS) $^ $(LIBS) -o $@
bench: $(B)/bench $(B)/liandong
	$(B)/bench --json bench.json
# The pace of one scenario, and of each phase (its first lines say how to ask).
$(B)/pace: $(call objects,$(addprefix tests/tools/,pace.c bench_kernel.c)) $(REST) $(ENGINE)
	$(Q)$(CC) $(LINK) $(LDFLAGS) $^ $(LIBS) -o $@
# Reported against simulated.
facts: $(B)/liandong
	$(B)/liandong validate guangzhou --runs 20

include tests/tools/check.mk
