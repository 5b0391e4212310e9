#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_ensembles.py [LIANDONG] [PART OF A NAME] - ensembles and comparisons as a user runs them; helpers of test_cli.py."""
import csv
import io
import json
import os
import pathlib
import re
import sys
import time

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


# ---- comparisons -------------------------------------------------------------------------------------------------

def scenarios():
    small()
    pathlib.Path("more.yml").write_text("base: small.yml\npolicies:\n  risk_pool: {share: 0.6}\n", encoding="utf-8")
    pathlib.Path("help.yml").write_text("base: small.yml\npolicies:\n  interest_subsidy: {enabled: true, share: 0.5, "
                                        "budget: 2000 万}\n", encoding="utf-8")


def compared(*arguments):
    done("compare", *arguments, "--quiet")


@test
def worlds_of_a_comparison_are_those_that_run_makes_of_each():
    scenarios()
    compared("small.yml", "more.yml", "help.yml", "--runs", "3", "-o", "c.h5")
    place = [f"platform.{name}" for name in ("xinyidai", "yuexinrong", "zhongxiaorong")]
    place += ["relending", "guide_fund", "investment_reward", "investment_reward.partnerships"]
    place += [f"settling_award.tier_{size}" for size in ("1_5_bn", "1_bn", "300_m", "3_bn", "500_m")] + ["contest"]
    for name, more in (("more", []), ("help", ["interest_subsidy"])):  # what the place dates ends, too
        ends = ["--set", "months=48"]
        for policy in ("risk_pool", *more, *place):
            ends += ["--set", f"regions.guangzhou.policies.{policy}.enabled={{2017-01: false}}"]
        done("run", f"{name}.yml", "--runs", "3", *ends, "-o", "alone.h5", "--quiet")
        assert digest("alone.h5") == digest(f"c.{name}.h5"), name
    done("audit", "c.small.h5")


@test
def what_a_policy_does_to_coordination_is_what_coupling_says_of_the_two_files():
    scenarios()
    made = run("compare", "small.yml", "more.yml", "--runs", "4", "--months", "36", "--placebo", "none", "--coupling", "-o", "c.h5")
    text, warned = made.stdout, re.findall(r"^.*values lie outside.*$", made.stderr, re.M)
    assert made.returncode == 0 and warned and len(set(warned)) == len(warned), made.stderr
    for table in ("change_years", "carrier_years"):
        alone = done("coupling", "c.more.h5", "--against", "c.small.h5", "--reference", "c.small.h5", "--table", table)
        assert len(alone.splitlines()) > 4 and alone in text, table


@test
def in_the_run_off_nothing_new_begins_and_what_was_promised_is_paid():
    scenarios()
    compared("small.yml", "more.yml", "--runs", "6", "--set", "scale=0.05", "--months", "24", "--runoff", "60",
             "-o", "c.h5")  # a loan of 36 months that goes bad at its end is wound up a year later
    with h5py.File("c.more.h5", "r") as file:
        enrolled, paid = file["pool_loans"][...].sum(axis=(0, 2, 3)), file["pool_paid"][...].sum(axis=(0, 2, 3))
        assert enrolled.shape == (84,) and enrolled[23] > 0
        waiting = 4  # what head offices had decided still comes
        assert (numpy.diff(enrolled[23 + waiting:]) <= 0).all() and enrolled[-1] == 0, enrolled
        assert paid[24:].sum() > 0


@test
def a_comparison_is_the_same_bytes_for_any_threads_and_after_kills():
    scenarios()
    worlds = ("small.yml", "help.yml", "--runs", "8", "--runoff", "12")
    for threads in (1, 2, 3):
        compared(*worlds, "--threads", threads, "-o", f"{threads}/c.h5" if os.makedirs(str(threads)) is None else "")
    arguments = [cli.BINARY, "compare", *worlds, "--quiet", "-o", "c.h5"]
    for wait in (0.05, 0.1, 0.15, 0.2, 0.3):
        process = cli.subprocess.Popen(arguments, stdin=cli.subprocess.DEVNULL, stdout=cli.subprocess.DEVNULL)
        try:
            process.wait(timeout=wait)
        except cli.subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    compared(*worlds, "-o", "c.h5")
    for name in ("c.h5", "c.small.h5", "c.help.h5", "c.fates.h5", "c.companions.h5", "c.help-lump-sum.h5", "c.help-placebo.h5",
                 "c.help-against-lump-sum.h5"):
        assert len({digest(f"{folder}/{name}") for folder in ("1", "2", "3", ".")}) == 1, name
    assert not [path for path in os.listdir() if path.endswith((".tmp", ".journal"))]


@test
def an_interrupted_comparison_has_every_world_as_often_and_goes_on():
    scenarios()
    arguments = ["compare", "small.yml", "more.yml", "--runs", "40", "--runoff", "0"]
    process = cli.subprocess.Popen([cli.BINARY, *arguments, "-o", "c.h5"], stdin=cli.subprocess.DEVNULL,
                                   stdout=cli.subprocess.DEVNULL, stderr=cli.subprocess.PIPE, encoding="utf-8")
    while process.poll() is None and (not os.path.exists("c.h5.journal") or os.path.getsize("c.h5.journal") < 400000):
        time.sleep(0.01)
    process.send_signal(cli.signal.SIGINT)
    text = process.communicate(timeout=30)[1]
    assert process.returncode == 130 and not [path for path in os.listdir() if path.endswith(".h5")], text
    contains(text, "interrupted; the same command goes on")
    contains(run(*arguments, "-o", "c.h5").stderr, "of 40 runs are there; going on")
    done(*arguments, "-o", "d.h5", "--quiet")
    assert digest("c.h5") == digest("d.h5")


@test
def a_scenario_against_itself_differs_by_exactly_nothing():
    scenarios()
    pathlib.Path("same.yml").write_text("base: small.yml\n", encoding="utf-8")
    compared("small.yml", "same.yml", "--runs", "4", "-o", "c.h5")
    with h5py.File("c.h5", "r") as file:
        assert file["difference"].shape[0] > 10000
        assert (file["difference"][...] == 0).all() and (file["se"][...] == 0).all() and (file["p"][...] == 1).all()


@test
def differences_intervals_and_gains_are_those_that_numpy_finds():
    scenarios()
    text = done("compare", "small.yml", "more.yml", "help.yml", "--runs", "10", "-o", "c.h5", "--format", "json", "--quiet",
                "-e", "jobs = end(employment)", "-e", "total(tax) per end(enterprises)")
    figures = json.loads(text)
    with h5py.File("c.h5", "r") as file:
        table = {name: file[name][...] for name in file}
        series = file["series"].attrs["flag_meanings"].decode().split() if isinstance(
            file["series"].attrs["flag_meanings"], bytes) else file["series"].attrs["flag_meanings"].split()
    for k, name in enumerate(("more", "help")):
        with h5py.File("c.small.h5", "r") as base, h5py.File(f"c.{name}.h5", "r") as variant:
            a, b = (file["loans_by_stage"][...].astype(float).reshape(10, -1) for file in (base, variant))
            jobs = [file["employment"][:, 11].sum(axis=(1, 2)) for file in (base, variant)]
        rows_of = (table["series"] == series.index("loans_by_stage")) & (table["variant"] == k)
        assert numpy.allclose(table["difference"][rows_of], (b - a).mean(axis=0))
        assert numpy.allclose(table["se"][rows_of], (b - a).std(axis=0, ddof=1) / 10 ** .5)
        half = 2.2621571628540993 * table["se"][rows_of]
        assert numpy.allclose(table["high"][rows_of], table["difference"][rows_of] + half)
        spread = (b - a).var(axis=0, ddof=1)
        some = spread > 0
        assert numpy.allclose(table["gain"][rows_of][some],
                              ((a.var(axis=0, ddof=1) + b.var(axis=0, ddof=1))[some] / spread[some]))
        mine = next(row for row in figures if row["figure"] == "jobs" and row["variant"] == name)
        assert numpy.isclose(float(mine["difference"]), (jobs[1] - jobs[0]).mean(), rtol=1e-4)
    assert sum(row["figure"].startswith("total(tax)") for row in figures) == 2


@test
def what_cannot_be_compared_is_refused_before_anything_is_run():
    scenarios()
    contains(done("compare", "small.yml", "more.yml", "-e", "x = total(patens)", "-e", "end(enterprises.sed)", "-e", "3 +",
                  code=2), "--expr:1:11: error: unknown series 'patens'; did you mean 'patents'?", "--expr:3:4: error: ")
    contains(done("compare", "small.yml", "more.yml", "-e", "end(enterprises.sed)", code=2), "no member 'sed'")
    contains(done("compare", "small.yml", "more.yml", "-e", "x = cost", "--rank", "y", code=2), "no figure 'y'")
    contains(done("compare", "small.yml", "small.yml", code=2), "two worlds are called 'small'")
    pathlib.Path("fates.yml").write_text("base: small.yml\n", encoding="utf-8")
    contains(done("compare", "small.yml", "fates.yml", code=2), "no world can be called 'fates'")
    pathlib.Path("later.yml").write_text("base: small.yml\nstart: 2017-01\n", encoding="utf-8")
    contains(done("compare", "small.yml", "later.yml", code=2), "small and later cannot be compared", "differ in: start")
    pathlib.Path("luck.yml").write_text("base: small.yml\nseed: 5\n", encoding="utf-8")
    contains(done("compare", "small.yml", "luck.yml", code=2), "seed")
    pathlib.Path("wrong.yml").write_text("base: small.yml\ncredit: {base_rat: 1}\n", encoding="utf-8")
    contains(done("compare", "small.yml", "wrong.yml", code=2), "wrong.yml:2:", "did you mean")
    done("compare", "small.yml", code=2)
    done("compare", "small.yml", "more.yml", "--confidence", "2", code=2)
    assert not [path for path in os.listdir() if ".h5" in path]


@test
def several_variants_are_ranked_and_ratios_say_when_they_are_unbounded():
    scenarios()
    text = done("compare", "small.yml", "more.yml", "help.yml", "--runs", "8", "-o", "c.h5", "-e",
                "jobs = end(employment)", "-e", "x = spending per end(employment)", "-e", "nothing = spending per 0 * cost",
                "--rank", "jobs")
    contains(text, "By jobs, largest first", "  1  ", "  2  ", "lump-sum grants", "variance gain")
    assert "qual cost" not in text, text
    contains(done("compare", "small.yml", "more.yml", "--rank", "x", code=2), "--rank: there is no figure 'x'", "enterprises, foundings, failures")
    chinese = done("compare", "small.yml", "more.yml", "--runs", "4", "-o", "d.h5", "--lang", "zh")
    assert re.search("差值", chinese)


@test
def variants_are_sized_to_cost_the_same():
    scenarios()
    pathlib.Path("grants.yml").write_text("base: small.yml\npolicies: {lump_sum: {from: 2016-01, budget: 100 万}}\n", encoding="utf-8")
    text = done("compare", "small.yml", "grants.yml", "help.yml", "--runs", "6", "-o", "c.h5", "--set", "scale=0.2", "--equal-cost", "200000",
                "--size", "policies.lump_sum.budget", "--size", "policies.interest_subsidy.budget", "-e", "money = total(budget_spent)",
                "--runoff", "12", "--placebo", "none", "--no-lump-sum")
    sized = {row[0]: row[1:] for row in re.findall(r"^(\w+): \S+ costs (\S+) more than the base \[(\S+), (\S+)\] \(200000 asked\); budget lines",
                                                   text, re.M)}
    assert set(sized) == {"grants", "help"}, text
    for name, said in sized.items():
        mean, low, high = (float(number) for number in said)
        assert abs(mean / 2e5 - 1) <= 0.05 and low <= mean <= high and low > 0, text
        row = re.search(rf"^  \d  {name}  .*, costs (\S+) \[", text, re.M)
        assert numpy.isclose(float(row[1]), mean, rtol=1e-3), text
        row = re.search(rf"^money +{name} +\S+ +\S+ +(\S+)", text, re.M)
        assert numpy.isclose(float(row[1]), mean, rtol=1e-3), text
    contains(text, "At equal cost: each costs 200000 more than the base")
    assert not [path for path in os.listdir() if "search" in path]
    contains(done("compare", "small.yml", "more.yml", "--equal-cost", "1e6", code=2), "--size is due")
    contains(done("compare", "small.yml", "more.yml", "--equal-cost", "1e6", "--size", "policies.risk_pool.shar", code=2),
             "--size:1:1: error: 'policies.risk_pool.shar' is not a parameter")
    contains(done("compare", "small.yml", "more.yml", "--equal-cost", "1e6", "--size", "policies.risk_pool.share@2016-1",
                  code=2), "'2016-1' is not a month")
    dated = done("compare", "small.yml", "help.yml", "--runs", "3", "-o", "e.h5", "--set", "scale=0.2", "--equal-cost", "200000", "--size",
                 "policies.interest_subsidy.budget@2016-01=2e6", "--runoff", "6", "--placebo", "none", "--no-lump-sum")
    assert re.search(r"^help: policies.interest_subsidy.budget={2016-01: \d+\.\d\d} costs ", dated, re.M), dated


@test
def a_cost_that_no_size_reaches_is_refused_with_the_reason():
    scenarios()
    for variant, cost, size, said in (
            ("more", "1e14", "policies.risk_pool.share", "more: costs .* more than the base at most, with .* 1e\\+14 is not reached"),
            ("more", "1e9", "policies.risk_pool.budget=1e6", "more: the cost hardly depends on the size: .* 1e\\+09 is not reached"),
            ("more", "1", "policies.risk_pool.budget=1e6", "more: costs .* more than the base even with .* 1 is not reached"),
            ("more", "3", "policies.risk_pool.share", "more: no size costs 3 more than the base within 5 %: the cost jumps from -")):
        told = done("compare", "small.yml", f"{variant}.yml", "--runs", "2", "--equal-cost", cost, "--size", size, "--quiet", "--set", "scale=0.1",
                    "--months", "24", "--runoff", "6", code=2)
        assert re.search(said, told), told
        assert not [path for path in os.listdir() if ".h5" in path], os.listdir()


@test
def a_search_for_sizes_that_was_killed_can_be_made_again():
    scenarios()
    arguments = ("compare", "small.yml", "help.yml", "--runs", "4", "--set", "scale=0.2", "--equal-cost", "100000",
                 "--size", "policies.interest_subsidy.budget", "--quiet")
    process = cli.subprocess.Popen([cli.BINARY, *arguments, "-o", "c.h5"], stdin=cli.subprocess.DEVNULL,
                                   stdout=cli.subprocess.DEVNULL)
    while not os.path.exists("c.search.h5.journal") and process.poll() is None:
        time.sleep(0.01)
    process.kill()
    assert process.wait() == -9, "the search was over before it could be killed"
    done(*arguments, "-o", "c.h5")
    done(*arguments, "-o", "d.h5")
    assert digest("c.h5") == digest("d.h5") and not [path for path in os.listdir() if "search" in path]


@test
def a_search_for_sizes_goes_on_with_the_try_at_which_it_was_killed():
    shim = cli.BINARY.parent / "faults.so"
    if not shim.exists():
        return f"{shim} is not built; `make test` builds it"
    small()
    pathlib.Path("grants.yml").write_text("base: small.yml\npolicies: {lump_sum: {from: 2016-01}}\n", encoding="utf-8")
    arguments = ("compare", "small.yml", "grants.yml", "--runs", "3", "--equal-cost", "700000", "--size",
                 "policies.lump_sum.budget@2016-01=30000000", "--runoff", "3", "--placebo", "none", "--no-lump-sum", "--threads", "1")
    shimmed = dict(os.environ, LD_PRELOAD=str(shim))
    removals = dict(shimmed, FAULT_CALL="unlink", FAULT_PATH="c.search.h5.journal")
    writes = dict(shimmed, FAULT_CALL="write", FAULT_PATH="c.search.h5.journal", FAULT_COUNT="count")
    whole = run(*arguments, "-o", "c.h5", env=writes)
    assert whole.returncode == 0, whole.stderr
    want, tried = digest("c.h5"), re.findall(r"^grants: .+ costs .*$", whole.stderr, re.M)
    tries, all_writes = len(set(tried)) + 1, int(pathlib.Path("count").read_text(encoding="ascii"))  # and the base
    assert tries > 2 and all_writes % tries == 0, (tried, all_writes)
    for nth in (1, 2, 2 * tries - 1, 2 * tries):  # a try begins and ends with the removal of its journal
        os.unlink("c.h5")
        assert run(*arguments, "-o", "c.h5", env=dict(removals, FAULT_NTH=str(nth))).returncode == -9, nth
        assert not os.path.exists("c.h5")
        again = run(*arguments, "-o", "c.h5", env=writes)
        assert again.returncode == 0 and digest("c.h5") == want, again.stderr
        assert re.findall(r"^grants: .+ costs .*$", again.stderr, re.M) == tried  # the same way, told as before
        made = int(pathlib.Path("count").read_text(encoding="ascii"))  # no run of a try before, nor of the one it was at
        assert made == all_writes // tries * (tries - nth // 2), (nth, made, all_writes, tries)
        assert not [path for path in os.listdir() if "search" in path], os.listdir()
    os.unlink("c.h5")
    assert run(*arguments, "-o", "c.h5", env=dict(writes, FAULT_NTH=str(all_writes // tries * 2 - 1), FAULT_COUNT="")).returncode == -9
    again = run(*arguments, "-o", "c.h5", env=writes)  # amid a try: it goes on with the runs that it lacks
    assert again.returncode == 0 and digest("c.h5") == want, again.stderr
    assert int(pathlib.Path("count").read_text(encoding="ascii")) < all_writes // tries * (tries - 1)
    return None


@test
def what_happened_to_each_enterprise_is_what_two_panels_show():
    scenarios()
    contains(run("compare", "small.yml", "more.yml", "--runs", "2", "-o", "x.h5").stderr, "differ before the start already")
    pathlib.Path("more.yml").write_text("base: small.yml\npolicies:\n  risk_pool: {share: {2016-01: 0.8}}\n",
                                        encoding="utf-8")
    assert "before the start" not in run("compare", "small.yml", "more.yml", "--runs", "2", "-o", "y.h5").stderr
    done("compare", "small.yml", "more.yml", "--runs", "3", "--months", "24", "--runoff", "0", "--placebo", "none", "--rows",
         "--set", "scale=0.1", "-o", "c.h5", "--quiet")
    alive = []
    for name in ("small", "more"):
        done("run", f"{name}.yml", "--runs", "3", "--months", "24", "--set", "scale=0.1", "--panel", "1", "-o",
             f"{name}.h5", "--quiet")
        with h5py.File(f"{name}.panel.h5", "r") as file:
            table = {key: file[key][...] for key in ("run", "month", "origin", "index", "status", "founded")}
        there = (table["status"] == 1) & (table["founded"] < 201601)
        alive.append([{key for key in zip(table["origin"][rows_of], table["index"][rows_of])}
                      for rows_of in ((there & (table["run"] == one) & (table["month"] == 201612)) for one in range(3))])
    with h5py.File("c.fates.h5", "r") as file:
        fates = {key: file[key][...] for key in file}
    for one in range(3):
        base, variant = alive[0][one], alive[1][one]
        for stratum, heads in ((1, len(variant - base)), (2, len(base - variant)), (3, len(base & variant))):
            mine = (fates["run"] == one) & (fates["horizon"] == 12) & (fates["outcome"] == 1) & (fates["stratum"] == stratum)
            assert fates["heads"][mine].sum() == heads, (one, stratum, fates["heads"][mine], heads)
        cohort = {fates["heads"][(fates["run"] == one) & (fates["horizon"] == 12) & (fates["outcome"] == outcome)].sum()
                  for outcome in (0, 1)}
        assert len(cohort) == 1 and cohort.pop() > len(base)
    assert set(fates["horizon"]) == {12}
    with h5py.File("c.rows.h5", "r") as file:
        each = {key: file[key][...] for key in file}
    for one in range(3):
        mine = each["run"] == one
        for name, there in (("alive_base", alive[0][one]), ("alive_variant", alive[1][one])):
            living = mine & (each[name] == 1)
            assert set(zip(each["origin"][living], each["index"][living])) == there
        for stratum in range(9):
            counted = fates["heads"][(fates["run"] == one) & (fates["outcome"] == 0) & (fates["stratum"] == stratum)].sum()
            assert (each["stratum"][mine] == stratum).sum() == counted
    got = each["credit_variant"] > 0
    assert got.any() and ((each["first_variant"] > 0) == got).all() and (each["first_variant"][got] >= 201601).all()
    assert (each["stage"] < 5).all() and each["quality"].std() > 0.3


@test
def a_placebo_is_the_floor_under_what_happened():
    scenarios()
    pathlib.Path("more.yml").write_text("base: small.yml\npolicies:\n  risk_pool: {share: {2016-01: 0.8}}\n",
                                        encoding="utf-8")
    arguments = ("compare", "small.yml", "more.yml", "--runs", "6", "--set", "scale=0.1", "--format", "json", "--table", "fates",
                 "--no-lump-sum", "--quiet")
    table = json.loads(done(*arguments, "-o", "c.h5"))
    assert {row["horizon"] for row in table} == {12, 36} and {row["variant"] for row in table} == {"more"}
    shaken = set()  # where deadweight is noise, which stands before the strata that it loses to
    for row in table:
        heads, floor, stays = float(row["heads"]), float(row["placebo"]), row["stratum"] in ("never", "deadweight")
        balance, case = row["stratum"] == "additional - displaced", (row["horizon"], row["outcome"])
        noise = not balance and (heads >= floor if stays else floor >= heads)
        shaken |= {case} if noise and row["stratum"] == "deadweight" else set()
        noise = noise or (case in shaken and row["stratum"] in ("sooner", "later", "switched", "more", "less"))
        assert (row["told"] == "noise") == noise, row
        if row["told"] == "noise":  # the placebo shakes as hard as the policy: nothing is said of it
            assert all(row[key] is None for key in ("net", "low", "high", "change", "change_low", "change_high")), row
        else:
            assert numpy.isclose(heads - floor, float(row["net"]), atol=0.02), row
    assert {row["told"] for row in table} == {"", "noise"}
    # and so much money: what strata of credit change, in yuan
    changed = []
    for path in ("c.fates.h5", "c.companions.h5"):
        with h5py.File(path, "r") as file:
            mine = (file["horizon"][...] == 36) & (file["outcome"][...] == 0)
            stratum = file["stratum"][...][mine]
            change = (file["amount_variant"][...] - file["amount_base"][...])[mine] / 100 / 6
            changed.append([change[stratum == k].sum() for k in (1, 2)])
    net = numpy.subtract(*changed)
    said = {row["stratum"]: row["change"] for row in table if row["horizon"] == 36 and row["outcome"] == "credit"}
    for stratum, want in zip(("additional", "displaced"), net):
        assert want and (said[stratum] is None or numpy.isclose(float(said[stratum]), want, rtol=1e-4)), (said, net)
    assert numpy.isclose(float(said["additional - displaced"]), net.sum(), rtol=1e-4), (said, net)
    # as many are re-keyed as the policy reaches
    with h5py.File("c.fates.h5", "r") as file:
        mine = (file["horizon"][...] == 36) & (file["outcome"][...] == 0)
        reach = file["supported"][...][mine].sum() / file["heads"][...][mine].sum()
    assert 0.02 < reach < 0.98 and abs(parameter("c.more-placebo.h5", "placebo.share @ 2016-01") - reach) < 1e-5
    # a nudge leaves most as it was; other luck in matching does not
    nudged = json.loads(done(*arguments, "-o", "n.h5", "--placebo", "nudge"))
    same = [sum(float(row["placebo"]) for row in rows_of if row["stratum"] == "deadweight" and row["outcome"] == "credit")
            for rows_of in (table, nudged)]
    assert same[0] < 0.97 * same[1], same
    assert parameter("n.placebo.h5", "credit.base_rate @ 2016-01") > 0.04
    # the same as placebo and as variant: nothing is left
    pathlib.Path("twin.yml").write_text("base: small.yml\ncredit: {base_rate: {2016-01: 0.04}}\n", encoding="utf-8")
    text = done("compare", "small.yml", "twin.yml", "--runs", "6", "-o", "d.h5", "--format", "json", "--table", "fates",
                "--no-lump-sum", "--placebo", "credit.base_rate={2016-01: 0.04}", "--quiet")
    rest = [float(row[key] or 0) for row in json.loads(text) for key in ("net", "change")]
    assert rest and not any(rest)
    # what is no policy reaches everybody
    contains(done("compare", "small.yml", "twin.yml", "--runs", "2", "-o", "e.h5", "--quiet"), "twin 100 %")


def parameter(path, ending):
    """A parameter of a result file, by the end of its name."""
    with h5py.File(path, "r") as file:
        values = file["parameters"].attrs
        found = [values[name] for name in values if name.endswith(ending)]
    assert len(found) == 1, found
    return float(found[0].split()[0])


def helping():
    """What stands from the start on only, so that it is one world until then."""
    small()
    pathlib.Path("help.yml").write_text("base: small.yml\npolicies:\n  incubators: {from: 2016-01, capacity: 5000, "
                                        "budget: 3 亿}\n", encoding="utf-8")


def spent(path, instrument):
    """By run, month: what a budget line has paid."""
    with h5py.File(path, "r") as file:
        line = [name.decode() for name in file["instrument"][...]].index(instrument)
        return numpy.cumsum(file["budget_spent"][..., line].sum(axis=2), axis=1) / 100


@test
def each_variant_stands_beside_the_same_money_as_lump_sum_grants():
    helping()
    arguments = ("compare", "small.yml", "help.yml", "--runs", "6", "--months", "24", "--set", "scale=0.1", "--quiet",
                 "-e", "firms = end(enterprises)", "-e", "paid = total(budget_spent.incubators)", "-e", "x = spending per end(enterprises)")
    table = json.loads(done(*arguments, "-o", "c.h5", "--format", "json", "--table", "lump-sum"))
    extra = spent("c.help.h5", "incubators").mean(axis=0)
    with h5py.File("c.help-lump-sum.h5", "r") as file:
        flow = [name.decode() for name in file["kind"][...]].index("lump_sum")
        granted = file["flows"][...][..., flow].sum(axis=2) / 100
        line = [name.decode() for name in file["instrument"][...]].index("lump_sum")
        heads, living = file["beneficiaries"][...][..., line].sum(axis=2), file["enterprises"][...].sum(axis=(2, 3))
    kept = numpy.minimum.accumulate(extra[11::12][::-1])[::-1].clip(0)  # what flows back later was not spent for good
    assert extra[-1] > 1e6 and len(kept) == 5 and numpy.isclose(kept[-1], extra[-1])
    for year, amount in enumerate(numpy.diff(kept, prepend=0)):
        assert numpy.allclose(granted[:, 12 * year], amount, atol=20), (year, amount, granted[:, 12 * year])
        assert not granted[:, 12 * year + 1:12 * year + 12].any()
        assert amount < 1 or (heads[:, 12 * year] > 0.5 * living[:, 12 * year]).all()
    with h5py.File("c.help.h5", "r") as policy, h5py.File("c.help-lump-sum.h5", "r") as grants:
        firms = [file["enterprises"][:, 23].sum(axis=(1, 2)).astype(float) for file in (grants, policy)]
    row = next(row for row in table if row["figure"] == "firms")
    assert numpy.isclose(float(row["difference"]), (firms[1] - firms[0]).mean(), rtol=1e-4, atol=1e-6), row
    assert numpy.isclose(float(row["money"]), extra[-1], rtol=1e-4)
    row = next(row for row in table if row["figure"] == "paid")
    assert numpy.isclose(float(row["policy"]), extra[-1], rtol=1e-4) and float(row["policy_per_million"]) == 1e6
    with h5py.File("c.help-against-lump-sum.h5", "r") as file:
        figures = file["month"][...] == 0
        assert figures.sum() == 3
        assert numpy.isclose(file["difference"][...][figures][0], (firms[1] - firms[0]).mean())
    done("rerun", "c.help-lump-sum.h5", "--quiet", "-o", "again.h5")
    assert digest("again.h5") == digest("c.help-lump-sum.h5")
    done("audit", "c.help-lump-sum.h5")
    contains(done(*arguments, "-o", "d.h5"), "Against the same money as lump-sum grants")
    contains(done(*arguments, "-o", "d.h5", "--lang", "zh"), "与等额一次性补助比较", "等额补助效果")
    contains(done(*arguments, "-o", "d.h5", "--no-lump-sum"), "Not compared with the same money as lump-sum grants")
    # grants that the base has stay beside them
    pathlib.Path("given.yml").write_text("base: small.yml\npolicies:\n  lump_sum: {enabled: true, budget: 1000 万}\n",
                                         encoding="utf-8")
    pathlib.Path("both.yml").write_text("base: given.yml\npolicies:\n  incubators: {from: 2016-01, capacity: 5000, "
                                        "budget: 3 亿}\n", encoding="utf-8")
    noted = run("compare", "given.yml", "both.yml", "--runs", "3", "-o", "f.h5").stderr
    assert "before the start" not in noted, noted
    with h5py.File("f.both-lump-sum.h5", "r") as file:
        lines = [name.decode() for name in file["instrument"][...]]
        assert all(file["budget_spent"][..., lines.index(name)].sum() > 0 for name in ("lump_sum", "lump_sum.same_money"))
    pathlib.Path("none.yml").write_text("base: small.yml\npolicies:\n  risk_pool: {enabled: {2016-01: false}}\n",
                                        encoding="utf-8")
    contains(done("compare", "small.yml", "none.yml", "--runs", "6", "-o", "e.h5", "--quiet"), "there is nothing to grant")


@test
def the_same_money_is_that_of_what_a_variant_switches_whatever_becomes_of_public_funds():
    helping()
    pathlib.Path("fund.yml").write_text("base: small.yml\npolicies:\n  guide_fund: {from: 2014-01, capital: 20 亿, share: 0.3}\n"
                                        "  risk_pool: {from: 2014-01, capital: 5000 万}\n", encoding="utf-8")
    for name, what in (("help", "incubators: {from: 2016-01, capacity: 5000, budget: 3 亿}"), ("surer", "guarantee: {from: 2016-01, capital: 1 亿}"),
                       ("club", "chamber: {from: 2016-01}"), ("deep", "risk_pool: {share: {2016-01: 0.9}}")):
        pathlib.Path(f"{name}.yml").write_text(f"base: fund.yml\npolicies:\n  {what}\n", encoding="utf-8")
    text = done("compare", "fund.yml", "help.yml", "surer.yml", "club.yml", "deep.yml", "--runs", "4", "--months", "24", "--set", "scale=0.2",
                "--quiet", "-o", "c.h5", "--placebo", "none", "-e", "firms = end(enterprises)", "-e", "spending")
    said = {row[0]: row for row in re.findall(r"^(\w+) pays (\S+) yuan more than the base \[(\S+), (\S+)\] \((.*)\)(.*)\.$", text, re.M)}
    assert set(said) == {"help", "surer", "club", "deep"}, text
    paid = spent("c.help.h5", "incubators")[:, -1]
    assert numpy.isclose(float(said["help"][1]), paid.mean(), rtol=1e-4) and float(said["help"][2]) > 0, said
    contains(said["help"][4] + said["deep"][4], "budget lines and covers that it switches" * 2)
    contains(said["surer"][4], "results do not hold by itself what guarantee pays")
    contains(said["club"][4], "no public money of its own")
    spending = dict(re.findall(r"^spending +(\w+) +\S+ +\S+ +(\S+)", text.split("Against")[0], re.M))
    assert numpy.isclose(float(said["surer"][1]), float(spending["surer"]), rtol=1e-3), (said, spending)
    assert not numpy.isclose(float(said["help"][1]), float(spending["help"]), rtol=1e-3), (said, spending)
    for name, row in said.items():  # what is not told from 0 is not called nothing
        untold = float(row[2]) <= 0 <= float(row[3])
        assert untold == (row[5] == ", which is not told from 0") and "no more than" not in text, row
        assert not untold or re.search(rf"^  {name}: .*make more runs", text, re.M), text
    pool = []
    for world in ("fund", "deep"):  # a pool pays, owes and gets back
        with h5py.File(f"c.{world}.h5", "r") as file:
            k = [name.decode() for name in file["cover"][...]].index("risk_pool")
            flows = {name: file[f"cover_{name}"][..., k].sum(axis=2) for name in ("paid", "recovered", "fees", "yield", "unpaid")}
            pool.append(sum(sign * flows[name].sum(axis=1) for name, sign in (("paid", 1), ("recovered", -1), ("fees", -1), ("yield", -1)))
                        + flows["unpaid"][:, -1] - flows["unpaid"][:, 0])
    assert numpy.isclose(float(said["deep"][1]), (pool[1] - pool[0]).mean() / 100, rtol=1e-3, atol=1), (said, pool)


@test
def what_happens_to_those_not_admitted_is_told_apart_by_saturation():
    helping()
    arguments = ("compare", "small.yml", "help.yml", "--runs", "5", "--set", "scale=0.1", "--no-lump-sum", "--placebo", "none",
                 "--quiet")
    table = json.loads(done(*arguments, "-o", "c.h5", "--saturation", "0,0.3,0.7,1", "--format", "json", "--table", "saturation"))
    with h5py.File("c.companions.h5", "r") as file:
        rest = {key: file[key][...] for key in file}
    with h5py.File("c.fates.h5", "r") as file:
        full = {key: file[key][...] for key in file}
    last = rest["horizon"] == 36
    for k, share in enumerate((0, 0.3, 0.7, 1)):
        mine = last & (rest["variant"] == k) & (rest["outcome"] == 0)
        excluded = rest["heads"][mine & (rest["excluded"] == 1)].sum() / rest["heads"][mine].sum()
        assert abs(1 - share - excluded) < 0.06 and (share not in (0, 1) or excluded == 1 - share), (share, excluded)
        # nobody whom a policy does not admit is reached by it
        assert not rest["supported"][mine & (rest["excluded"] == 1)].any()
        for group, out in (("not admitted", 1), ("admitted", 0)):
            cells = [row for row in table if float(row["saturation"]) == share and row["group"] == group]
            assert len(cells) == (0 if share == out else 4)
            for row, outcome in zip(cells, range(4)):
                here = last & (rest["variant"] == k) & (rest["outcome"] == outcome) & (rest["excluded"] == out)
                means = []
                for one in range(5):
                    of_run = here & (rest["run"] == one)
                    means.append((rest["amount_variant"][of_run].sum() - rest["amount_base"][of_run].sum())
                                 / rest["heads"][of_run].sum() * (0.01 if outcome == 0 else 1))
                assert numpy.isclose(float(row["difference"]), numpy.mean(means), rtol=1e-3, atol=1e-4), (row, means)
    # nobody admitted: the base; everybody: the variant
    assert all(float(row["difference"]) == 0 for row in table if float(row["saturation"]) == 0)
    all_of = rest["variant"] == 3
    for key in ("run", "horizon", "outcome", "stratum", "stage", "heads", "amount_base", "amount_variant", "supported"):
        assert (rest[key][all_of] == full[key]).all(), key
    chinese = done(*arguments, "-o", "c.h5", "--saturation", "0,0.3,0.7,1", "--lang", "zh")
    contains(chinese, "按准入比例", "不准入")
    contains(done(*arguments, "--saturation", "0,0.5,0.4", code=2), "rising shares between 0 and 1")
    contains(done(*arguments, "--saturation", "0,2", code=2), "rising shares between 0 and 1")
    contains(done(*arguments, "--saturation", "0,1", "--instrument", "incubator", code=2), "did you mean 'incubators'?")
    contains(done(*arguments, "--saturation", "0,1", "--instrument", "platform", code=2),
             "help: does not switch the instrument platform")
    pathlib.Path("rate.yml").write_text("base: small.yml\ncredit: {base_rate: {2016-01: 0.04}}\n", encoding="utf-8")
    contains(done("compare", "small.yml", "rate.yml", "--saturation", "0,1", code=2), "rate: switches no instrument")
    contains(done(*arguments, "--table", "saturation", code=2), "none without --saturation")
    contains(done(*arguments, "--instrument", "incubators", code=2), "it is for --saturation")
    pathlib.Path("help-at-0.5.yml").write_text("base: help.yml\n", encoding="utf-8")
    contains(done(*arguments[:3], "help-at-0.5.yml", "--saturation", "0.5", code=2), "no world can be called 'help-at-0.5'")
    names = []
    for k in range(4):
        names.append(f"h{k}.yml")
        pathlib.Path(names[-1]).write_text("base: help.yml\n", encoding="utf-8")
    shares = ",".join(str(k / 16) for k in range(16))
    contains(done(*arguments[:2], *names, "--saturation", shares, code=2), "77 worlds are too many, 64 at most are possible")


@test
def who_they_are_is_what_the_counts_of_enterprises_say():
    pathlib.Path("boards.yml").write_text("base: guangzhou\nscale: 0.1\nmonths: 24\n", encoding="utf-8")
    pathlib.Path("help.yml").write_text("base: boards.yml\npolicies:\n  listing_support: {from: 2016-01, places: 200, budget: 60 m}\n",
                                        encoding="utf-8")
    arguments = ("compare", "boards.yml", "help.yml", "--runs", "3", "--no-lump-sum", "--placebo", "none", "--rows", "-o", "c.h5")
    table = json.loads(done(*arguments, "--quiet", "--format", "json", "--table", "who"))
    with h5py.File("c.fates.h5", "r") as file:
        fates = {key: file[key][...] for key in file}
        outcomes, strata, stages = (bytes(file[key].attrs["flag_meanings"]).decode().split()
                                    for key in ("outcome", "stratum", "stage"))
    assert {row["outcome"] for row in table} == {"credit", "survival", "patents", "listing"} == set(outcomes), outcomes
    for row in table:
        of = (fates["outcome"] == outcomes.index(row["outcome"])) & (fates["stratum"] == strata.index(row["stratum"])) \
            & (fates["horizon"] == int(row["horizon"]))
        heads = fates["heads"][of].sum()
        assert numpy.isclose(float(row["supported"]), 100 * fates["supported"][of].sum() / heads, rtol=1e-3), row
        for k, stage in enumerate(stages):
            there = fates["heads"][of & (fates["stage"] == k)].sum()
            assert numpy.isclose(float(row[stage]), 100 * there / heads, rtol=1e-3, atol=1e-3), row
    with h5py.File("c.rows.h5", "r") as file:  # the rows tell the same of listing
        rows = {key: file[key][...] for key in file}
    last = rows["horizon"] == rows["horizon"].max()
    both = (rows["board_base"][last] > 0, rows["board_variant"][last] > 0)
    of = (fates["outcome"] == outcomes.index("listing")) & (fates["horizon"] == fates["horizon"].max())
    assert both[0].sum() == fates["amount_base"][of].sum() > 20 and both[1].sum() == fates["amount_variant"][of].sum()
    assert ((rows["listed_base"][last] > 0) == both[0]).all() and ((rows["listed_variant"][last] > 0) == both[1]).all()
    contains(done(*arguments), "Who they are", "listing   deadweight")


@test
def direct_effects_are_those_on_one_enterprise_in_the_market_of_the_base():
    helping()
    arguments = ("compare", "small.yml", "help.yml", "--runs", "4", "--set", "scale=0.1", "--no-lump-sum", "--placebo", "none",
                 "--direct", "5", "--rows", "--quiet")
    table = json.loads(done(*arguments, "-o", "c.h5", "--format", "json", "--table", "direct"))
    with h5py.File("c.direct.h5", "r") as file:
        direct = {key: file[key][...] for key in file}
    with h5py.File("c.rows.h5", "r") as file:
        each = {key: file[key][...] for key in file}
    assert len(direct["run"]) == 2 * 4 * 5 and (numpy.bincount(direct["run"]) == 10).all()
    place = {key: k for k, key in enumerate(zip(each["run"], each["horizon"], each["origin"], each["index"]))}
    at = [place[key] for key in zip(direct["run"], direct["horizon"], direct["origin"], direct["index"])]
    for key in ("alive_base", "alive_variant", "credit_base", "credit_variant", "patents_base", "patents_variant"):
        assert (each[key][at] == direct[key]).all(), key
    assert each["supported"][at].all()
    last = direct["horizon"] == 36
    effects = dict(direct=("base", "alone"), spillover=("alone", "variant"), regime=("base", "variant"))
    for row in table:
        if row["outcome"] == "credit" and int(row["horizon"]) == 36:
            before, after = effects[row["effect"]]
            moved = (direct[f"credit_{after}"][last] - direct[f"credit_{before}"][last]).reshape(4, 5).mean(axis=1) / 100
            assert numpy.isclose(float(row["difference"]), moved.mean(), rtol=1e-3, atol=1e-2), (row, moved)
    assert {row["effect"] for row in table} == set(effects)
    # other threads, the same; a larger sample holds the smaller one
    done(*arguments, "-o", "d.h5", "--threads", "3")
    assert digest("c.direct.h5") == digest("d.direct.h5")
    done(*arguments, "-o", "d.h5", "--direct", "8")
    with h5py.File("d.direct.h5", "r") as file:
        assert set(zip(file["run"][...], file["origin"][...], file["index"][...])) >= set(
            zip(direct["run"], direct["origin"], direct["index"]))
    contains(done(*arguments, "-o", "c.h5", "--lang", "zh"), "直接效应")
    pathlib.Path("more.yml").write_text("base: small.yml\npolicies:\n  risk_pool: {share: {2016-01: 0.8}}\n",
                                        encoding="utf-8")
    contains(done("compare", "small.yml", "more.yml", "--direct", "5", code=2), "--direct: more must switch on policies")
    # what an instrument does to banks cannot be admitted to one enterprise, nor to some
    pathlib.Path("units.yml").write_text("base: small.yml\npolicies:\n  tech_branches: {from: 2016-01, units: 20}\n",
                                         encoding="utf-8")
    contains(done("compare", "small.yml", "units.yml", "--direct", "5", code=2),
             "--direct: units switches tech_branches, which acts on banks whomever it admits")
    said = run("compare", "small.yml", "units.yml", "--runs", "2", "--months", "6", "--runoff", "0", "--no-lump-sum",
               "--placebo", "none", "--saturation", "0", "-o", "u.h5")
    contains(said.stderr, "note: units: what tech_branches does to banks is the same at each share")


@test
def who_is_followed_lives_when_the_policy_starts():
    small()
    pathlib.Path("late.yml").write_text("base: small.yml\npolicies:\n  incubators: {from: 2016-05, capacity: 5000, budget: 3 亿}\n",
                                        encoding="utf-8")
    pathlib.Path("later.yml").write_text("base: small.yml\npolicies:\n  incubators: {from: 2016-09, capacity: 5000, budget: 3 亿}\n",
                                         encoding="utf-8")
    common = ("--runs", "3", "--set", "scale=0.1", "--quiet")
    text = done("compare", "small.yml", "late.yml", "later.yml", *common, "--months", "16", "--runoff", "4", "--rows", "--direct", "4", "--office",
                "--saturation", "0.5", "-o", "c.h5")
    contains(text, "lived when the policy started (2016-05")
    done("run", "small.yml", *common, "--months", "20", "--panel", "1", "-o", "p.h5")
    with h5py.File("p.panel.h5", "r") as file:
        panel = {key: file[key][...] for key in ("run", "month", "origin", "index", "status")}
    with h5py.File("c.rows.h5", "r") as file:
        each = {key: file[key][...] for key in file}
    assert set(each["horizon"]) == {12}
    for one in range(3):
        living = {month: {key for key in zip(panel["origin"][rows_of], panel["index"][rows_of])}
                  for month in (201604, 201704)
                  for rows_of in ((panel["run"] == one) & (panel["status"] == 1) & (panel["month"] == month),)}
        mine = (each["run"] == one) & (each["variant"] == 0)
        followed = set(zip(each["origin"][mine], each["index"][mine]))
        assert followed == living[201604] and followed != living[201704], one
        stayed = mine & (each["alive_base"] == 1)
        assert set(zip(each["origin"][stayed], each["index"][stayed])) == followed & living[201704], one
    got = each["credit_base"] > 0
    assert got.any() and (each["first_base"][got] >= 201605).all()
    with h5py.File("c.direct.h5", "r") as file:
        direct = {key: file[key][...] for key in file}
    place = {key: k for k, key in enumerate(zip(each["run"], each["variant"], each["origin"], each["index"]))}
    at = [place[key] for key in zip(direct["run"], direct["variant"], direct["origin"], direct["index"])]
    assert len(at) > 12 and (each["credit_base"][at] == direct["credit_base"]).all()
    assert direct["alive_alone"].any() and not (direct["credit_alone"] != direct["credit_base"]).all()
    with h5py.File("c.office.h5", "r") as file:
        assert file["registered"][...].max() == 201510  # the register of April 2016, six months old
    assert parameter("c.late-placebo.h5", "placebo.share @ 2016-05") > 0 and parameter("c.late-lump-sum.h5", "lump_sum.budget @ 2016-05") > 0
    assert parameter("c.late-at-0.5.h5", "incubators.saturation @ 2016-05") == 0.5
    # worlds that were two already in the season have only those of the start in common
    pathlib.Path("steady.yml").write_text("base: small.yml\ncredit: {base_rate: 0.04}\n", encoding="utf-8")
    pathlib.Path("shaken.yml").write_text("base: late.yml\ncredit: {base_rate: {2014-01: 0.04, 2015-03: 0.06, 2015-09: 0.04}}\n",
                                          encoding="utf-8")
    said = run("compare", "steady.yml", "shaken.yml", "--runs", "2", "--set", "scale=0.1", "--months", "14", "--runoff", "0", "--no-lump-sum",
               "--placebo", "none", "-o", "s.h5")
    contains(said.stdout, "lived when the policy started (2016-01")
    contains(said.stderr, "differ before the start already")


@test
def a_nudge_stays_one_when_the_base_rate_changes():
    small("credit: {base_rate: {2016-01: 0.04, 2016-09: 0.05}}\n")
    pathlib.Path("late.yml").write_text("base: small.yml\npolicies:\n  incubators: {from: 2016-05, capacity: 5000, budget: 3 亿}\n",
                                        encoding="utf-8")
    done("compare", "small.yml", "late.yml", "--runs", "1", "--runoff", "0", "--no-lump-sum", "--placebo", "nudge", "-o", "c.h5", "--quiet")
    assert parameter("c.placebo.h5", "credit.base_rate @ 2016-01") == 0.04
    assert numpy.isclose(parameter("c.placebo.h5", "credit.base_rate @ 2016-05"), 0.040004, rtol=1e-9)
    assert numpy.isclose(parameter("c.placebo.h5", "credit.base_rate @ 2016-09"), 0.050005, rtol=1e-9)


@test
def a_table_of_rows_given_for_a_result_is_called_one():
    small()
    done("sweep", "small.yml", "--vary", "policies.risk_pool.share=0.2", "--runs", "1", "--months", "1", "--set", "scale=0.1", "-o", "s.h5",
         "--quiet")
    for command in ("audit", "rerun", "moments", "flows", "coupling"):
        contains(done(command, "s.h5", code=2), "s.h5: is a table of rows, not a result of runs; `liandong export`")
    assert not os.path.exists("s.again.h5")


# ---- sweeps ------------------------------------------------------------------------------------------------------

@test
def a_sweep_holds_what_run_finds_at_each_point():
    small()
    done("sweep", "small.yml", "--vary", "policies.risk_pool.share=0.2,0.6", "--vary", "credit.base_rate=0.03:0.05:3", "--runs",
         "3", "-o", "s.h5", "--quiet", "-e", "jobs = end(employment)", "-e", "tax = total(tax) / 1e6")
    with h5py.File("s.h5", "r") as file:
        table = {key: file[key][...] for key in file}
    assert len(table["point"]) == 18 and not [path for path in os.listdir() if "point" in path or "journal" in path]
    for point, (share, rate) in enumerate((a, b) for a in (0.2, 0.6) for b in (0.03, 0.04, 0.05)):
        mine = table["point"] == point
        assert set(table["policies.risk_pool.share"][mine]) == {share}, point
        assert numpy.allclose(table["credit.base_rate"][mine], rate)
        done("run", "small.yml", "--runs", "3", "--set", f"policies.risk_pool.share={share}", "--set",
             f"credit.base_rate={rate}", "-o", f"{point}.h5", "--quiet")
        with h5py.File(f"{point}.h5", "r") as file:
            assert numpy.allclose(table["jobs"][mine], file["employment"][:, -1].sum(axis=(1, 2)))
            assert numpy.allclose(table["tax"][mine], file["tax"][...].sum(axis=(1, 2)) / 1e8)


@test
def a_sweep_is_the_same_bytes_for_any_threads_and_after_kills():
    small()
    arguments = ("sweep", "small.yml", "--vary", "policies.risk_pool.share=0.1:0.7", "--vary", "credit.base_rate=0.03:0.05",
                 "--design", "lhs", "--points", "8", "--runs", "3", "--quiet")
    for threads in (1, 3):
        done(*arguments, "--threads", threads, "-o", f"{threads}.h5")
    for wait in (0.1, 0.2, 0.3, 0.4):
        process = cli.subprocess.Popen([cli.BINARY, *arguments, "-o", "k.h5"], stdin=cli.subprocess.DEVNULL,
                                       stdout=cli.subprocess.DEVNULL)
        try:
            process.wait(timeout=wait)
        except cli.subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    done(*arguments, "-o", "k.h5")
    assert digest("1.h5") == digest("3.h5") == digest("k.h5")
    assert not [path for path in os.listdir() if "point" in path or "journal" in path]


@test
def a_sweep_tells_what_it_does_not_understand():
    small()
    for arguments, said in ((["--vary", "policies.risk_pool.shar=0.1,0.2"], "--vary:1:1: error: "),
                            (["--vary", "credit.base_rate=0.1:0.05:3"], "is not low:high:number"),
                            (["--vary", "credit.base_rate=0.03:0.05"], "is not low:high:number"),
                            (["--vary", "credit.base_rate=0.03,9"], "outside"), ([], "at least one"),
                            (["--vary", "credit.base_rate=0.03:0.05", "--design", "sobol"], "say how many"),
                            (["--vary", "credit.base_rate=0.03,0.05", "-e", "cost per end(enterprises)"], "`per`"),
                            (["--vary", "credit.base_rate=0.03,0.05", "--design", "spiral"], "grid, lhs, sobol, saltelli or saltelli-pairs")):
        contains(done("sweep", "small.yml", *arguments, code=2), said)
    assert not [path for path in os.listdir() if ".h5" in path]


if __name__ == "__main__":
    sys.exit(cli.main(tests))
