#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# same-results.sh OLD NEW - do two programs (paths of `liandong`) give the same results?  For changes that are to change none.
# Compares the digests of shipped places, with instruments on top, and of all that is shipped, with one thread and with two; exit 1
# if two differ.  OLD is best a copy of build/liandong, kept in build/, where it finds the scenarios.
set -eu
old=$(realpath "$1") new=$(realpath "$2")
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
bad=0

digest() { # PROGRAM THREADS ARGUMENTS...
    program=$1 threads=$2
    shift 2
    rm -f "$dir/out.h5"*
    "$program" run "$@" --no-cache --lang=en -t "$threads" -o "$dir/out.h5" | sed -n 's/^digest: *//p'
}

same() {
    a=$(digest "$old" 1 "$@")
    b=$(digest "$new" 2 "$@")
    verdict=same
    [ -n "$a" ] && [ "$a" = "$b" ] || { verdict=DIFFERENT bad=1; }
    printf '%-9s %.12s %.12s  %s\n' "$verdict" "$a" "$b" "$*"
}

same small --months=24
same guangzhou --months=18
same guangzhou-2024 --months=18 --seed=7
same guangzhou-2024 --months=14 --set burn_in=36 --set policies.interest_subsidy.enabled=true \
    --set policies.platform.enabled=true --set policies.incubators.enabled=true --set policies.tech_insurance.enabled=true \
    --set policies.tech_register.enabled=true --set policies.guarantee.enabled=true --set policies.training.enabled=true
same guangzhou-2024 --months=14 --set burn_in=60 --set policies.linkage.enabled=true --set policies.batch_linkage.enabled=true \
    --set policies.batch_linkage.places=200 --set policies.grant_credit.enabled=true --set policies.collective_notes.enabled=true \
    --set policies.collective_notes.capital=5e8 --set policies.leasing.enabled=true --set policies.leasing.capital=5e8
same tests/tools/bench.yml --months=12
same tests/tools/every.yml --months=12
for scenario in $(ls scenarios/places scenarios/policies scenarios/stress | sed -n 's/\.yml$//p'); do
    same "$scenario" --months=12
done
same thirty-regions-cut --months=12 --set burn_in=12
exit $bad
