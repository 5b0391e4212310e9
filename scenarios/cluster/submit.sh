#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# submit.sh N OUT.h5 run SCENARIO [OPTION...] - gives Slurm an array of N shards and the merge that waits for all of them.
#
# LIANDONG names the program, SBATCH_OPTIONS what else sbatch is to be told ("--cpus-per-task=8 --time=2:00:00").
set -eu
here=$(dirname "$0")
# shellcheck disable=SC2086 # a list of options
job=$(sbatch --parsable --array="1-$1" ${SBATCH_OPTIONS:-} "$here/array.sh" "$@")
# shellcheck disable=SC2086
sbatch --parsable --dependency="afterok:${job%%;*}" ${SBATCH_OPTIONS:-} "$here/merge.sh" "$1" "$2"
