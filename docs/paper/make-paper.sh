#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make-paper.sh LIANDONG WORK FOLDER - three worlds of thirty regions, their coupling coordination, tables and figures.
# WORK keeps the results and the tables of every run; FOLDER gets what a paper prints.  RUNS worlds, 20 by default.
set -eu
program=$1
work=$2
folder=$3
here=$(dirname "$0")
runs=${RUNS:-20}
LC_ALL=C.UTF-8 LANG=C.UTF-8
export LC_ALL LANG
mkdir -p "$work" "$folder"

for world in thirty-regions thirty-regions-no-pool thirty-regions-cut; do
    "$program" run $world --runs "$runs" --quiet -o "$work/$world.h5" >/dev/null
done

# Equal weights: in regions this small angels' equity is mostly 0, and entropy would give it three quarters of finance.
for ending in csv tex; do
    "$program" coupling "$work/thirty-regions.h5" --cut "$work/thirty-regions-cut.h5" \
        --against "$work/thirty-regions-no-pool.h5" --weights equal --quiet -o "$work/coupling.$ending"
    "$program" coupling "$work/coupling.csv" --spec "$here/spec.yaml" --quiet -o "$work/follow.$ending"
done
for ending in csv tex; do
    for name in coupling coupling.years coupling.indicators coupling.change_years coupling.carrier_years follow.spatial \
        follow.markov follow.inequality follow.groups follow.sigma follow.beta follow.trend; do
        cp "$work/$name.$ending" "$folder/"
    done
done
"${PYTHON:-/usr/bin/python3}" "$here/../../analysis/figures/paper.py" "$work" "$here/places.csv" -o "$folder"
