#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sbatch --ntasks=N tasks.sh OUT.h5 run SCENARIO [OPTION...] - one job of N tasks without MPI: each makes a shard, the first
# node puts them together; of a comparison then the same with its companions.  The folder of OUT.h5 has to be one that all nodes
# see.
#SBATCH --job-name=liandong
#SBATCH --requeue
#SBATCH --open-mode=append
set -eu
out=$1 plan=${1%.h5}.plan
shift
export out
rm -f "$plan" # of one before

# tasks ENDING COMMAND... - each task makes its shard OUT.h5.I.ENDING
tasks() {
    # shellcheck disable=SC2016 # for the shells of the tasks
    srun --mpi=none --kill-on-bad-exit=1 --cpus-per-task="${SLURM_CPUS_PER_TASK:-1}" sh -c '
        ending=$1
        shift
        exec "${LIANDONG:-liandong}" "$@" --shard "$((SLURM_PROCID + 1))/$SLURM_NTASKS" \
            --threads "${SLURM_CPUS_PER_TASK:-1}" -o "$out.$((SLURM_PROCID + 1)).$ending"' task "$@"
}

merge() {
    set --
    for ending in shard $(if [ -e "$plan" ]; then echo more; fi); do
        for shard in $(seq "$SLURM_NTASKS"); do
            set -- "$@" "$out.$shard.$ending"
        done
    done
    "${LIANDONG:-liandong}" merge "$@" -o "$out"
}

tasks shard "$@"
merge
if [ -e "$plan" ]; then
    tasks more companions "$plan"
    merge
fi
for shard in $(seq "$SLURM_NTASKS"); do
    rm -f "$out.$shard.shard" "$out.$shard.more"
done
rm -f "$plan"
