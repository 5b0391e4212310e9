#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# same-bits.sh - do all builds of mathx give the same bits?  Prints one hash per build; exit 1 if two differ.
# Run from the top of the tree.  Builds with a compiler that is not installed are skipped and said so.
set -eu
flags="-std=c17 -ffp-contract=off -fno-math-errno -fno-trapping-math -Iinclude"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

cat >"$dir/points.c" <<'END'
#include <liandong/mathx.h>
#include <inttypes.h>
#include <stdio.h>
enum { N = 1000000 };
static double u[N], wide[N], out[N];
static uint64_t hash;
static void add(void)
{
    for (size_t i = 0; i < N; i++)
        hash = ld_mix(hash, ld_bits(out[i]));
}
#define EACH(formula)                      \
    do {                                   \
        for (size_t i = 0; i < N; i++)     \
            out[i] = (double)(formula);    \
        add();                             \
    } while (0)
int main(void)
{
    for (size_t i = 0; i < N; i++) {
        uint64_t word = ld_mix(2027, i);
        u[i] = ((double)(uint32_t)word + 0.5) * 0x1p-32;
        wide[i] = ((double)(uint32_t)(word >> 32) * 0x1p-32 - 0.5) * 1500;
    }
    ld_exp_each(out, wide, N), add();
    ld_log_each(out, u, N), add();
    ld_laplace_month_each(out, u, N), add();
    ld_normal_quantile_each(out, u, N), add();
    EACH(ld_exp(wide[i] / 300));
    EACH(ld_log(ld_exp(wide[i])));
    EACH(ld_log1p(wide[i] / 751));
    EACH(ld_pow(u[i], wide[i] / 100));
    EACH(ld_normal_pdf(wide[i] / 50));
    EACH(ld_normal_cdf(wide[i] / 20));
    EACH(ld_normal_tail(wide[i] / 20));
    EACH(ld_normal_quantile(u[i] * u[i]));
    EACH(ld_gumbel(u[i]));
    EACH(ld_logit(u[i]));
    EACH(ld_laplace_month(1 - u[i]));
    EACH(ld_poisson(8 * u[N - 1 - i], u[i]));
    EACH(i % 100 == 0 ? ld_poisson(1e4 * u[N - 1 - i], u[i]) : 0);
    EACH(ld_geometric(u[N - 1 - i], u[i]));
    EACH(ld_round_half_even(wide[i] * 1e6));
    EACH(ld_over(wide[i] * 1e6, 12));
    printf("%016" PRIx64 "\n", hash);
    return 0;
}
END

build() {
    if ! command -v "$1" >/dev/null; then
        echo "skipped           $*"
        return
    fi
    "$@" $flags sim/base/mathx.c "$dir/points.c" -o "$dir/points"
    got=$("$dir/points")
    echo "$got  $*"
    echo "$got" >>"$dir/hashes"
}
for compiler in gcc clang; do
    build $compiler -O0
    build $compiler -O2
    build $compiler -O3
    build $compiler -O3 -march=native
    build $compiler -O3 -march=native -mprefer-vector-width=512
done
test "$(sort -u "$dir/hashes" | wc -l)" -eq 1 || { echo "same-bits: builds differ" >&2; exit 1; }
