#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_ensembles.py [LIANDONG] [PART OF A NAME] - ensembles and comparisons as a user runs them; helpers of test_cli.py."""
import csv
import io
import resource
import sys

import h5py
import numpy
import test_cli as cli
from test_cli import contains, digest, done, run, small

tests = []


def test(function):
    tests.append(function)
    return function


def rows(text):
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


@test
def how_runs_are_dealt_to_threads_is_said_and_shows_in_no_byte():
    said = set()
    for threads in (1, 2, 5):
        said.add(run("run", small(), "--runs", "3", "--threads", threads, "-o", f"{threads}.h5").stderr.splitlines()[0])
    contains("\n".join(said), "3 runs, one after another", "3 runs, 2 at a time", "3 runs, 3 at a time")
    # a region that feeds all threads is run by all of them rather than leave one idle in the second round
    large = run("run", small(), "--set", "scale=3", "--set", "burn_in=0", "--set", "months=1", "--runs", "3", "--threads",
                "2", "-o", "large.h5").stderr
    contains(large, "3 runs, one after another, threads: 2")
    assert digest("1.h5") == digest("2.h5") == digest("5.h5")


@test
def memory_does_not_grow_with_the_number_of_runs():
    peak = []
    for runs in (8, 400):
        process = cli.subprocess.Popen([cli.BINARY, "run", small(), "--runs", str(runs), "--threads", "2", "-o",
                                        f"{runs}.h5", "--quiet"], stdout=cli.subprocess.DEVNULL)
        _, status, usage = cli.os.wait4(process.pid, 0)
        assert status == 0
        peak.append(usage.ru_maxrss)
    assert peak[1] < 1.25 * peak[0], f"{peak} KiB for 8 and 400 runs"


@test
def moments_are_those_that_numpy_finds():
    done("run", small(), "--runs", "40", "-o", "a.h5", "--quiet")
    table = rows(done("moments", "a.h5", "--series", "npl_ratio,employment", "--format", "csv"))
    with h5py.File("a.h5", "r") as file:
        for name, members in (("npl_ratio", 1), ("employment", 5)):
            values = file[name][...].reshape(40, -1).astype(float)
            mine = [row for row in table if row["series"] == name]
            assert len(mine) == values.shape[1] == 12 * members
            for k, row in enumerate(mine):
                want = [values[:, k].mean(), values[:, k].std(ddof=1),
                        *numpy.quantile(values[:, k], [.05, .25, .5, .75, .95])]
                have = [float(row[c]) for c in ("mean", "standard deviation" if "standard deviation" in row else "sd", "5 %",
                                                "25 %", "50 %", "75 %", "95 %")]
                assert numpy.allclose(have, want, rtol=1e-9, atol=1e-12), (row, want)
    contains(done("moments", "a.h5", "--series", "npl_rati", code=2), "did you mean 'npl_ratio'")


if __name__ == "__main__":
    cli.tests[:] = tests
    sys.exit(cli.main())
