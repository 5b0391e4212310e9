# SPDX-License-Identifier: GPL-3.0-or-later
# check.mk - what `make check` looks at beside the tests.  Each part can be run alone: `make check-layers`.
PARTS = layers params names format clang tidy cppcheck engine asan fuzz readers machines docs
.PHONY: check fuzz $(addprefix check-,$(PARTS))

check:
	@bad=; for part in test $(addprefix check-,$(PARTS)); do \
	    echo "---- $$part"; $(MAKE) $$part || bad="$$bad $$part"; \
	done; test -z "$$bad" && echo "check: all parts met" || { echo "check: FAIL$$bad"; exit 1; }

C_FILES = $(wildcard include/liandong/*.h sim/*.c sim/*/*.[ch] analysis/*.[ch] tests/*/*.[ch])

check-layers:
	@$(PYTHON) tests/tools/layers.py
check-params:
	@$(PYTHON) tests/tools/parameter-rules.py
	@$(PYTHON) tests/tools/boards-table.py
check-names: $(ENGINE)
	@$(PYTHON) tests/tools/names.py $(B)
	@$(PYTHON) tests/tools/messages.py
check-format:
	@clang-format --dry-run -Werror $(C_FILES)
check-clang:
	@$(MAKE) CC=clang all tests
	@$(MAKE) CC=clang OPENMP=0 engine
	@$(MAKE) OPENMP=0 all

# Sources only: what stands in a header is seen through them.
GNU_FILES = $(REST_SRC) sim/main.c
TIDY = xargs -n 1 -P $(shell nproc) sh -c 'clang-tidy --quiet "$$0" -- -std=c17 -Iinclude $(1) 2>/dev/null'
check-tidy:
	@echo $(ENGINE_SRC) | $(call TIDY)
	@echo $(GNU_FILES) | $(call TIDY,-D_GNU_SOURCE $(IDENTITY_TIDY) $(call PKG,--cflags hdf5 yaml-0.1 gsl))
IDENTITY_TIDY = -DLIANDONG_VERSION=\"\" -DLIANDONG_REVISION=\"\" -DLIANDONG_FLAGS=\"\" -DLIANDONG_DATADIR=\"\"
check-cppcheck:
	@mkdir -p $(B)/cppcheck
	@cppcheck --quiet --std=c11 --language=c --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
	    --suppress=unknownMacro --cppcheck-build-dir=$(B)/cppcheck -j $(shell nproc) -Iinclude -D_GNU_SOURCE \
	    $(subst \",'"',$(IDENTITY_TIDY)) $(ENGINE_SRC) $(GNU_FILES)

# The engine stands alone: no package but Random123's headers, no libm, no OpenMP.
check-engine:
	@$(MAKE) OPENMP=0 PKG=false engine
	@$(CC) $(BITS) $(WARN) -Iinclude tests/tools/engine_alone.c build/serial/libliandong-engine.a -o build/serial/engine-alone
	@build/serial/engine-alone

# Sanitizers write to files, because a test's exit code does not show them; a planted leak proves that they do.
SMALL = run guangzhou --months 24 --runs 2 --threads 2 --set scale=0.02 --quiet
check-asan:
	@$(MAKE) SAN=1 asan-run
	@$(MAKE) SAN=1 CC=clang asan-run
.PHONY: asan-run
asan-run: export LSAN_OPTIONS = suppressions=$(CURDIR)/tests/tools/leaks.supp:print_suppressions=0
asan-run: $(B)/liandong tests
	@mkdir -p $(B)/logs; rm -f $(B)/logs/* $(B)/small.h5*
	@$(CC) $(ALL) tests/tools/planted.c -o $(B)/planted; ASAN_OPTIONS=log_path=$(B)/logs/planted $(B)/planted || true
	@ls $(B)/logs/planted* >/dev/null || { echo "the planted leak was not found"; exit 1; }
	@$(PYTHON) tests/tools/run-tests.py --logs $(B)/logs $(TESTS)
	@UBSAN_OPTIONS=log_path=$(B)/logs/run ASAN_OPTIONS=log_path=$(B)/logs/run $(B)/liandong $(SMALL) -o $(B)/small.h5
	@if ls $(B)/logs/run* >/dev/null 2>&1; then cat $(B)/logs/run*; exit 1; fi

# libFuzzer with ASan and UBSan, SECONDS over all targets.  What it finds stays in build/; tests/fuzz/corpus is kept.
SECONDS ?= 60
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
fuzz check-fuzz:
	@$(MAKE) CC=clang SAN=fuzz fuzz-run
.PHONY: fuzz-run
fuzz-run: $(addprefix $(B)/fuzz/,$(FUZZERS))
	@for name in $(FUZZERS); do \
	    mkdir -p $(B)/corpus/$$name tests/fuzz/corpus/$$name; \
	    $(B)/fuzz/$$name -max_total_time=$$(($(SECONDS) / $(words $(FUZZERS)))) -timeout=1 -print_final_stats=1 \
	        -artifact_prefix=$(B)/corpus/$$name- $(B)/corpus/$$name tests/fuzz/corpus/$$name >$(B)/fuzz/$$name.log 2>&1 || \
	        { tail -n 40 $(B)/fuzz/$$name.log; exit 1; }; \
	    echo "$$name: $$(sed -n 's/^stat::number_of_executed_units: *//p' $(B)/fuzz/$$name.log) executions, nothing found"; \
	done
$(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o $(REST) $(ENGINE)
	@mkdir -p $(@D); $(CC) $(SANITIZE) -fsanitize=fuzzer $(LINK) $^ $(LIBS) -o $@
$(call objects,$(wildcard tests/fuzz/*.c)): EXTRA = $(gnu) -Wno-missing-prototypes $(call PKG,--cflags hdf5)

# Everybody who claims to read netCDF-4 reads a result.
check-readers: $(B)/liandong
	@rm -f $(B)/readers.h5*; $(B)/liandong $(SMALL) -o $(B)/readers.h5
	@$(PYTHON) tests/cli/readers.py $(B)/readers.h5
	@Rscript tests/cli/readers.R $(B)/readers.h5

# The generated documents are those of this program.
# Ranks of MPI, a Slurm of one node, two hosts in namespaces: too long for `make test`, and absent from most machines.
check-machines: $(B)/liandong
	@$(PYTHON) tests/cli/machines.py $(B)/liandong

check-docs: $(B)/liandong
	@docs/make-docs.sh $(B)/liandong $(B)/docs && diff -r docs/generated $(B)/docs
