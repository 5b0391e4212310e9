#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sbatch merge.sh N OUT.h5 - OUT.h5.1.shard ... OUT.h5.N.shard to OUT.h5; the shards are removed when it stands.
#SBATCH --job-name=liandong-merge
set -eu
shards=$1 out=$2
set --
for shard in $(seq "$shards"); do
    set -- "$@" "$out.$shard.shard"
done
"${LIANDONG:-liandong}" merge "$@" -o "$out"
rm -f "$@"
