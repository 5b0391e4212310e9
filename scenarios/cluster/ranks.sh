#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sbatch --ntasks=N ranks.sh OUT.h5 run SCENARIO [OPTION...] - one job of N ranks; LIANDONG is a build with MPI=1.
#
# Ranks take runs as they are done with others, so nodes need not be equally fast; only the first writes.  A job that was killed
# goes on where it was when it is started again, with any number of ranks.
#SBATCH --job-name=liandong
#SBATCH --requeue
#SBATCH --open-mode=append
set -eu
out=$1
shift
exec srun --mpi="${LIANDONG_MPI:-pmix}" --kill-on-bad-exit=1 --cpus-per-task="${SLURM_CPUS_PER_TASK:-1}" \
    "${LIANDONG:-liandong}" "$@" --threads "${SLURM_CPUS_PER_TASK:-1}" -o "$out"
