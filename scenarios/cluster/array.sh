#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sbatch --array=1-N array.sh N OUT.h5 run SCENARIO [OPTION...]        (or compare, sweep with what they take)
#
# A task of the array makes shard I/N into OUT.h5.I.shard; merge.sh puts the shards together when all are there, and submit.sh
# gives both to Slurm.  A task that was killed or ran out of time goes on where it was when it is started again: by --requeue,
# or as sbatch --array=I array.sh N ..., for which N is said here and not taken from the size of the array.
#SBATCH --job-name=liandong
#SBATCH --requeue
#SBATCH --open-mode=append
set -eu
shards=$1 out=$2
shift 2
exec "${LIANDONG:-liandong}" "$@" --shard "$SLURM_ARRAY_TASK_ID/$shards" --threads "${SLURM_CPUS_PER_TASK:-1}" \
    -o "$out.$SLURM_ARRAY_TASK_ID.shard"
