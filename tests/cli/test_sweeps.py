#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_sweeps.py [LIANDONG] [PART OF A NAME] - designs of sweeps as other programs read them, and sweeps that are stopped."""
import io
import itertools
import json
import os
import struct
import subprocess
import sys
import time

import h5py
import numpy
import test_cli as cli
from test_cli import contains, digest, done, run, small

sys.path.insert(0, str(cli.TOP / "analysis" / "figures"))
import sweeps  # noqa: E402 (of this project)

tests = []
AXES = ("--vary", "policies.risk_pool.share=0.1:0.7", "--vary", "credit.base_rate=0.03:0.05", "--vary", "policies.risk_pool.delay=1:9")
FIGURES = ("-e", "jobs = end(employment)", "-e", "paid = total(pool_paid)")


def test(function):
    tests.append(function)
    return function


def swept(design, points, runs=2, axes=AXES, out="s.h5"):
    small()
    number = () if design == "grid" else ("--points", points)
    return done("sweep", "small.yml", *axes, "--design", design, *number, "--runs", runs, *FIGURES, "-o", out,
                "--format", "csv", "--quiet")


def indices(y, k):
    """First-order and total indices from y in Saltelli's order (Saltelli et al. 2010, table 2), and the number of base points."""
    step = k + 2
    a, b = y[0::step], y[step - 1::step]
    variance = numpy.concatenate([a, b]).var()
    swapped = [y[j + 1::step] for j in range(k)]
    return ([numpy.mean(b * (s - a)) / variance for s in swapped],
            [numpy.mean((a - s) ** 2) / 2 / variance for s in swapped])


@test
def saltellis_points_are_in_the_order_that_sobol_analysis_reads():
    for design, points in (("saltelli", 5), ("saltelli-pairs", 8)):
        swept(design, 2, runs=1)
        s = sweeps.read("s.h5")
        assert s.design == design and s.x.shape == (2 * points, 3) and s.pairs == (points == 8)
        a, b = s.x[0::points], s.x[points - 1::points]
        assert (a != b).any()
        for j in range(3):
            want = a.copy()
            want[:, j] = b[:, j]
            assert (s.x[j + 1::points] == want).all()
            if s.pairs:
                want = b.copy()
                want[:, j] = a[:, j]
                assert (s.x[j + 4::points] == want).all()
        assert s.problem() == {"num_vars": 3, "names": ["policies.risk_pool.share", "credit.base_rate", "policies.risk_pool.delay"],
                               "bounds": [[0.1, 0.7], [0.03, 0.05], [1, 9]]}
        assert (s.x >= [0.1, 0.03, 1]).all() and (s.x <= [0.7, 0.05, 9]).all()


@test
def whole_numbers_stay_whole_and_are_all_as_likely():
    small()
    done("sweep", "small.yml", "--vary", "policies.risk_pool.delay=1:8", "--design", "lhs", "--points", "16", "--runs", "1",
         *FIGURES, "-o", "s.h5", "--quiet")
    assert sorted(sweeps.read("s.h5").x[:, 0]) == sorted(2 * list(range(1, 9)))


@test
def values_are_recorded_as_numbers_whatever_their_unit():
    small()
    done("sweep", "small.yml", "--vary", "policies.risk_pool.capital=10 m,4 亿", "--vary", "policies.risk_pool.share=50 %,2/5", "--vary",
         "policies.risk_pool.enabled=no,on", "--vary", "policies.risk_pool.funding=sunk,yearly", "--runs", "1", "--months", "1", "--set",
         "scale=0.1", *FIGURES, "-o", "s.h5", "--quiet")
    assert sweeps.read("s.h5").x.tolist() == [list(row) for row in itertools.product((1e7, 4e8), (0.5, 0.4), (0, 1), (0, 1))]


@test
def a_range_of_money_takes_whole_fen():
    small()
    for design, values in (("lhs", "1e6:2e6"), ("grid", "1e6:2e6:4")):
        number = ("--points", "3") if design == "lhs" else ()
        done("sweep", "small.yml", "--vary", f"policies.risk_pool.capital={values}", "--design", design, *number, "--runs", "1", "--months",
             "1", "--set", "scale=0.1", *FIGURES, "-o", f"{design}.h5", "--quiet")
    x = sweeps.read("grid.h5").x[:, 0]
    assert x.tolist() == [1e6, 1333333.33, 1666666.67, 2e6], x
    assert (numpy.round(sweeps.read("lhs.h5").x * 100) / 100 == sweeps.read("lhs.h5").x).all()


@test
def a_parameter_may_be_varied_from_a_month_on():
    small()
    key, figure = "policies.risk_pool.share", ("-e", "paid = total(pool_paid)")
    done("sweep", "small.yml", "--vary", f"{key}@2016-07=0.2,0.9", "--runs", "2", *figure, "-o", "s.h5", "--quiet")
    s = sweeps.read("s.h5")
    assert s.problem() == {"num_vars": 1, "names": [f"{key}@2016-07"], "bounds": [[0.2, 0.9]]}
    for x, paid in zip((0.2, 0.9), s.y["paid"]):
        done("run", "small.yml", "--runs", "2", "--set", f"{key}={{2016-07: {x}}}", "-o", f"{x}.h5", "--quiet")
        with h5py.File(f"{x}.h5") as file:
            assert (file["pool_paid"][...].reshape(2, -1).sum(axis=1) / 100 == paid).all()
            first = file["pool_paid"][:, :6].tolist()
        assert x == 0.2 or first == before
        before = first


@test
def what_cannot_be_a_column_of_the_file_is_said_before_anything_is_run():
    small()
    vary = ("--vary", "policies.risk_pool.share=0.2,0.9")
    for wrong, message in ((("-e", "point = end(enterprises)"), "--expr:1:1: error: no figure can be called 'point'"),
                           (("-e", "a = end(enterprises)", "-e", "a = end(patents)"), "--expr:2:1: error: two figures are called 'a'"),
                           (vary, "--vary:2:1: error: policies.risk_pool.share is varied already"),
                           (("-e", "a = end(enterprises.nix)"), "--expr:1:1: error: enterprises has no member 'nix'"),
                           (("--vary", "credit.base_rate=0.03,5"), "--vary:2:1: error: credit.base_rate: 5 is outside")):
        contains(done("sweep", "small.yml", *vary, *wrong, "-o", "s.h5", code=2), message)
        assert not [name for name in os.listdir() if name.startswith("s.h5")]
    contains(done("compare", "small.yml", "small.yml", "-e", "a = end(enterprises)", "-e", "a = end(patents)", code=2),
             "two figures are called 'a'")


@test
def a_parameter_that_nothing_reads_has_indices_of_zero():
    # the pool stands in no world, so that its share and delay matter to nobody
    small()
    done("sweep", "small.yml", *AXES, "--set", "policies.risk_pool.enabled=false", "--design", "saltelli", "--points", "4",
         "--runs", "1", *FIGURES, "-o", "s.h5", "--quiet")
    first, total = indices(sweeps.read("s.h5").outcome("jobs"), 3)
    assert total[0] == total[2] == first[0] == first[2] == 0 and total[1] > 0, (first, total)


@test
def salib_takes_a_sweep_as_it_is():
    try:
        from SALib.analyze import sobol
        from SALib.sample import sobol as sampler
    except ImportError:
        return "SALib is not installed"
    swept("saltelli", 16)
    s = sweeps.read("s.h5")
    found = sobol.analyze(s.problem(), s.outcome("jobs"), calc_second_order=False, seed=1)
    y = s.outcome("jobs")
    first, total = indices((y - y.mean()) / y.std(), 3)
    assert numpy.allclose(found["S1"], first) and numpy.allclose(found["ST"], total)
    swept("saltelli-pairs", 8, out="p.h5")
    p = sweeps.read("p.h5")
    assert sampler.sample(p.problem(), 8).shape == p.x.shape
    assert sobol.analyze(p.problem(), p.outcome("jobs"), calc_second_order=True, seed=1)["S2"].shape == (3, 3)
    text = subprocess.run([sys.executable, sweeps.__file__, "s.h5", "--sobol", "jobs"], check=True, capture_output=True,
                          encoding="utf-8").stdout
    contains(text, "policies.risk_pool.share\tS1 ")
    return None


def told(*arguments):
    return subprocess.run([sys.executable, sweeps.__file__, *arguments], capture_output=True, encoding="utf-8", check=False)


@test
def shapley_values_are_the_mean_over_all_orders_and_add_up():
    axes = ("--vary", "policies.risk_pool.enabled=false,true", "--vary", "enterprise.finance_limits_rd=false,true",
            "--vary", "credit.base_rate=0.03,0.05")
    swept("grid", 8, runs=3, axes=axes)
    s = sweeps.read("s.h5")
    y = {tuple(row == s.x.max(axis=0)): values for row, values in zip(s.x, s.y["jobs"])}
    orders = list(itertools.permutations(range(3)))
    want = numpy.zeros((3, 3))
    for order in orders:
        up = [False] * 3
        for j in order:
            before = y[tuple(up)]
            up[j] = True
            want[j] += (y[tuple(up)] - before) / len(orders)
    phi = sweeps.shapley(s, "jobs")
    assert numpy.allclose(phi, want) and (phi != 0).any(axis=1).all(), (phi, want)
    assert numpy.allclose(phi.sum(axis=0), y[True, True, True] - y[False, False, False])
    text = told("s.h5", "--shapley", "jobs").stdout
    contains(text, "jobs: 8 worlds of 3 runs")
    mean, half = phi[2].mean(), 4.302652730 * phi[2].std(ddof=1) / 3 ** 0.5  # Student's t, 2 degrees of freedom
    found = [float(word) for word in text.splitlines()[3].split() if word != ".." and not word.startswith("credit")]
    assert numpy.allclose(found, [mean, mean - half, mean + half], rtol=1e-4), (found, mean, half)


@test
def shapley_values_of_a_parameter_with_three_values_are_refused():
    swept("grid", 3, runs=1, axes=("--vary", "policies.risk_pool.share=0.1,0.2,0.3"))
    contains(told("s.h5", "--shapley", "jobs").stderr, "two values each")


@test
def the_ema_workbench_opens_a_sweep():
    try:
        import ema_workbench
    except ImportError:
        return "ema_workbench is not installed"
    swept("lhs", 12)
    subprocess.run([sys.executable, sweeps.__file__, "s.h5", "--ema", "s.tar.gz"], check=True)
    experiments, outcomes = ema_workbench.load_results("s.tar.gz")
    s = sweeps.read("s.h5")
    assert len(experiments) == 12 and numpy.allclose(experiments[list(s.vary)].to_numpy(float), s.x)
    assert set(outcomes) == {"jobs", "paid"} and numpy.allclose(numpy.ravel(outcomes["jobs"]), s.outcome("jobs"))
    return None


@test
def experiments_and_outcomes_have_the_shape_that_the_workbench_gives_them():
    try:
        import pandas  # noqa: F401
    except ImportError:
        return "pandas is not installed"
    table = swept("lhs", 6, runs=3)
    s = sweeps.read("s.h5")
    experiments, outcomes = s.experiments(), s.outcomes()
    assert list(experiments.columns) == [*s.vary, "scenario", "policy", "model"] and len(experiments) == 6
    assert {name: value.shape for name, value in outcomes.items()} == {"jobs": (6,), "paid": (6,)}
    printed = numpy.genfromtxt(io.StringIO(table.lstrip("\ufeff")), delimiter=",", skip_header=1)
    assert numpy.allclose(printed[:, 1:4], s.x) and numpy.allclose(printed[:, 4], outcomes["jobs"])
    assert numpy.allclose(s.outcomes(run=2)["jobs"], s.y["jobs"][:, 2])
    return None


def script(*arguments):
    return subprocess.run([sys.executable, sweeps.__file__, *arguments], capture_output=True, encoding="utf-8", check=False)


@test
def the_route_to_other_programs_says_what_it_cannot_take():
    swept("lhs", 3, runs=1)
    assert json.loads(script("s.h5").stdout)["num_vars"] == 3
    done("run", "small.yml", "--runs", "1", "-o", "r.h5", "--quiet")
    contains(script("r.h5").stderr, "error: r.h5: is no sweep")
    contains(script("none.h5").stderr, "error: ")
    contains(script("s.h5", "--run", "1").stderr, "error: --run: 0 to 0")
    try:
        import SALib  # noqa: F401
    except ImportError:
        contains(script("s.h5", "--sobol", "jobs").stderr, "SALib is not installed")
    else:
        contains(script("s.h5", "--sobol", "jobs").stderr, "need --design saltelli")


@test
def the_rest_is_asked_for_in_a_way_that_can_be():
    small()
    for arguments, said in ((("--design", "saltelli"), "--points: say how many"),
                            (("--design", "saltelli", "--points", "900000"), "--points: say how many"),
                            (("--design", "lhs", "--points", "900000", "--runs", "20"), "more than 10000000 runs"),
                            (("--design", "saltelly", "--points", "4"), "saltelli or saltelli-pairs"),
                            (("--design", "lhs", "--points", "4", "-e", "total(tax) / 2"), "--expr:1:1: error: a figure with / needs a name")):
        contains(done("sweep", "small.yml", *AXES, *arguments, code=2), said)
    assert not [path for path in os.listdir() if ".h5" in path]


def records(path):
    """Numbers of the journal's records, in the order of the file (head: LRUN, number, five lengths)."""
    found, bytes_ = [], open(path, "rb").read()
    at = bytes_.find(b"LRUN")
    while at >= 0:
        number, lengths = struct.unpack_from("<I", bytes_, at + 4)[0], struct.unpack_from("<6Q", bytes_, at + 8)
        found.append(number)
        at += 56 + sum(lengths) + 4
        at = at if bytes_[at:at + 4] == b"LRUN" else -1
    return found


@test
def a_sweep_that_is_stopped_has_every_point_about_as_often_and_goes_on():
    small()
    points, runs = 5, 16
    arguments = ("sweep", "small.yml", *AXES, "--design", "lhs", "--points", points, "--runs", runs, *FIGURES, "--threads", 1)
    process = cli.subprocess.Popen([str(cli.BINARY), *map(str, arguments), "-o", "s.h5"], stdin=cli.subprocess.DEVNULL,
                                   stdout=cli.subprocess.DEVNULL, stderr=cli.subprocess.PIPE, encoding="utf-8")
    while process.poll() is None and (not os.path.exists("s.h5.journal") or len(records("s.h5.journal")) < 3 * points):
        time.sleep(0.05)
    process.send_signal(cli.signal.SIGINT)
    text = process.communicate(timeout=60)[1]
    assert process.returncode == 130 and not os.path.exists("s.h5"), text
    order = records("s.h5.journal")
    assert sorted(order[:points]) == list(range(points)), "first run 0 at all points"
    counts = numpy.bincount([number % points for number in order], minlength=points)
    every = int(text.split("every point has ")[1].split(" ")[0])
    assert counts.min() == every > 0 and counts.max() <= 2 * counts.min() + 1, counts
    assert every < runs, "it was stopped"
    done(*arguments, "-o", "s.h5", "--quiet")
    done(*arguments, "--threads", 3, "-o", "t.h5", "--quiet")
    assert digest("s.h5") == digest("t.h5")
    assert not [path for path in os.listdir() if "point" in path or "journal" in path]


@test
def a_run_of_a_sweep_is_that_run_of_the_scenario_whatever_round_it_was_made_in():
    swept("sobol", 2, runs=9)
    s = sweeps.read("s.h5")
    for point in range(2):
        sets = [word for key, value in zip(s.vary, s.x[point]) for word in ("--set", f"{key}={value:.12g}")]
        run("run", "small.yml", *sets, "--runs", "9", "-o", f"{point}.h5", "--quiet")
        with h5py.File(f"{point}.h5", "r") as file:
            assert numpy.allclose(s.y["jobs"][point], file["employment"][:, -1].sum(axis=(1, 2))), point


if __name__ == "__main__":
    sys.exit(cli.main(tests))
