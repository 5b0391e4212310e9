#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# submit.sh N OUT.h5 run SCENARIO [OPTION...] - gives Slurm an array of N shards and the merge that waits for all of them; of a
# comparison also the array of its companions and their merge.
#
# LIANDONG names the program, SBATCH_OPTIONS what else sbatch is to be told ("--cpus-per-task=8 --time=2:00:00").
set -eu
here=$(dirname "$0")

# submit AFTER SCRIPT... - AFTER: a job that has to be done before, or nothing
submit() {
    after=$1
    shift
    # shellcheck disable=SC2086 # a list of options
    job=$(sbatch --parsable ${after:+--dependency="afterok:$after"} ${SBATCH_OPTIONS:-} "$@")
    echo "${job%%;*}"
}

rm -f "${2%.h5}.plan" # of one before
job=$(submit "" --array="1-$1" "$here/array.sh" "$@")
job=$(submit "$job" "$here/merge.sh" "$1" "$2")
if [ "$3" = compare ]; then
    job=$(submit "$job" --array="1-$1" "$here/companions.sh" "$1" "$2")
    job=$(submit "$job" "$here/merge.sh" "$1" "$2")
fi
echo "$job"
