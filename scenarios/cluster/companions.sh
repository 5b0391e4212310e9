#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sbatch --array=1-N companions.sh N OUT.h5 - after merge.sh N OUT.h5 of a comparison: a task makes shard I/N of its companions, by
# OUT.plan, into OUT.h5.I.more; merge.sh N OUT.h5 then puts all together.  Without a plan there is nothing to do.
#SBATCH --job-name=liandong-more
#SBATCH --requeue
#SBATCH --open-mode=append
set -eu
shards=$1 out=$2 plan=${2%.h5}.plan
[ -e "$plan" ] || exit 0
exec "${LIANDONG:-liandong}" companions "$plan" --shard "$SLURM_ARRAY_TASK_ID/$shards" \
    --threads "${SLURM_CPUS_PER_TASK:-1}" -o "$out.$SLURM_ARRAY_TASK_ID.more"
