#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sbatch merge.sh N OUT.h5 - OUT.h5.1.shard ... OUT.h5.N.shard to OUT.h5; the shards are removed when it stands.
#
# A comparison whose companions are still to be made leaves OUT.plan, and its shards stay; companions.sh makes them of it, and
# this script, started again, puts both together and removes both.
#SBATCH --job-name=liandong-merge
set -eu
shards=$1 out=$2 plan=${2%.h5}.plan
second=$(if [ -e "$plan" ]; then echo more; fi)
set --
for ending in shard $second; do
    for shard in $(seq "$shards"); do
        set -- "$@" "$out.$shard.$ending"
    done
done
"${LIANDONG:-liandong}" merge "$@" -o "$out"
if [ -n "$second" ] || [ ! -e "$plan" ]; then
    rm -f "$@" "$plan"
fi
