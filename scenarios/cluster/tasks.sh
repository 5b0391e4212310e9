#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sbatch --ntasks=N tasks.sh OUT.h5 run SCENARIO [OPTION...] - one job of N tasks without MPI: each makes a shard, the first
# node puts them together.  The folder of OUT.h5 has to be one that all nodes see.
#SBATCH --job-name=liandong
#SBATCH --requeue
#SBATCH --open-mode=append
set -eu
out=$1
shift
export out
# shellcheck disable=SC2016 # for the shells of the tasks
srun --mpi=none --kill-on-bad-exit=1 --cpus-per-task="${SLURM_CPUS_PER_TASK:-1}" sh -c '
    exec "${LIANDONG:-liandong}" "$@" --shard "$((SLURM_PROCID + 1))/$SLURM_NTASKS" \
        --threads "${SLURM_CPUS_PER_TASK:-1}" -o "$out.$((SLURM_PROCID + 1)).shard"' task "$@"
set --
for shard in $(seq "$SLURM_NTASKS"); do
    set -- "$@" "$out.$shard.shard"
done
"${LIANDONG:-liandong}" merge "$@" -o "$out"
rm -f "$@"
