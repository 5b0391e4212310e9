#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_coupling_worlds.py [LIANDONG] [PART OF A NAME] - `liandong coupling RESULT.h5` as a user meets it.

The degrees are calculated again here, from the series of the file, by other code.
"""
import importlib.util
import math
import os
import pathlib
import shutil
import subprocess
import sys

import h5py
import numpy

from test_cli import BINARY, TOP, contains, done, main, run
from test_coupling import rows

WORLD = """\
title: {zh: 两个地区, en: Two regions}
start: 2019-07
months: 30
burn_in: 24
regions:
  东: {enterprises: {initial: 120}, founders: {per_month: 5}, banks: {bank: {count: 2}}}
  west:
    enterprises: {initial: 60}
    founders: {per_month: 3}
    banks: {bank: {count: 1, branches: 2}}
    policies: {risk_pool: {from: 2020-01, capital: 1 m, share: 0.4}}
"""
CUT = ["--set", "enterprise.finance_limits_rd=false"]
NONE = ["--set", "policies.risk_pool.enabled=false"]
tests = []


def test(function):
    tests.append(function)
    return function


def world(name, *arguments, runs=3):
    """The result of the world in this folder; made once for all tests."""
    kept = pathlib.Path("..") / name
    if not kept.exists():
        pathlib.Path("two.yml").write_text(WORLD, encoding="utf-8")
        done("run", "two.yml", "--runs", str(runs), "-o", kept, "--quiet", *arguments)
    for ending in ("", ".sha256"):
        shutil.copy(f"{kept}{ending}", f"{name}{ending}")
    return name


def table(name, *arguments):
    return rows(done("coupling", *arguments, "--table", name, "--format", "csv", "--quiet"))


def number(row, key):
    return float(row[key])


def whole_years(path, text, how):
    """[run][region][year] of "a + b.member": 2020 and 2021 are months 6 to 29."""
    total = 0.0
    with h5py.File(path, "r") as file:
        for term in text.split(" + "):
            name, _, member = term.partition(".")
            values = file[name][...].astype(float)
            if values.ndim == 4:
                axis = file[name].dims[3][0].name.lstrip("/")
                members = [one.decode() if isinstance(one, bytes) else one for one in file[axis][...]]
                values = values[..., members.index(member)] if member else values.sum(axis=3)
            years = values[:, 6:30].reshape(values.shape[0], 2, 12, values.shape[2])
            part = {"sum": years.sum(axis=2), "mean": years.mean(axis=2), "end": years[:, :, 11]}[how]
            total = total + part.transpose(0, 2, 1)
    return total


def indicator(path, row):
    """x of an indicator, by the formula that the table prints."""
    scale, _, formula = row["formula"].partition(" ")
    sides = [side.rstrip(")").split("(") for side in formula.split(" / ")]
    above = whole_years(path, sides[0][1], sides[0][0])
    below = whole_years(path, sides[1][1], sides[1][0]) if len(sides) > 1 else numpy.ones_like(above)
    return float(scale) * numpy.divide(above, below, out=numpy.zeros_like(above), where=below != 0)


def degrees(path, reference):
    """U, C, T, D [run][region][year] and the number of values outside, from the series alone."""
    index = {}
    outside = 0
    for row in table("indicators", path, "--reference", reference):
        if row["state"] != "used":
            continue
        of, x = indicator(reference, row), indicator(path, row)
        low, high = of.min(), of.max()
        outside += int(((x < low) | (x > high)).sum())
        sign = (lambda v: v) if row["direction"] == "+" else (lambda v: 1 - v)
        normal, x = sign((of - low) / (high - low)), sign((x.clip(low, high) - low) / (high - low))
        share = normal.ravel() / normal.sum()
        entropy = -sum(p * math.log(p) for p in share if p > 0) / math.log(share.size)
        index.setdefault(row["subsystem"], []).append((1 - entropy, x))
    u = [sum(w * x for w, x in part) / sum(w for w, _ in part) for part in index.values()]
    t = sum(u) / 2
    c = numpy.divide(2 * numpy.sqrt(u[0] * u[1]), u[0] + u[1], out=numpy.zeros_like(t), where=t > 0)
    return u, c, t, numpy.sqrt(c * t), outside


def close(is_, due, what):
    assert abs(is_ - due) < 1e-9, f"{what}: {is_}, due {due}"


@test
def the_degree_of_every_run_is_that_calculated_from_the_series():
    world("r.h5")
    u, c, t, d, _ = degrees("r.h5", "r.h5")
    found = table("runs", "r.h5")
    assert len(found) == 3 * 2 * 2, len(found)
    for row in found:
        at = int(row["run"]), ["west", "东"].index(row["region"]), int(row["year"]) - 2020
        for key, due in (("U_innovation", u[0]), ("U_finance", u[1]), ("C", c), ("T", t), ("D", d)):
            close(number(row, key), due[at], f"{key} {at}")


@test
def a_reference_fixes_bounds_and_weights_and_values_outside_are_counted():
    world("r.h5")
    world("cut.h5", *CUT)
    _, _, _, d, outside = degrees("cut.h5", "r.h5")
    assert outside > 0
    for row in table("runs", "cut.h5", "--reference", "r.h5"):
        at = int(row["run"]), ["west", "东"].index(row["region"]), int(row["year"]) - 2020
        close(number(row, "D"), d[at], f"D {at}")
    counted = table("indicators", "cut.h5", "--reference", "r.h5")
    assert sum(int(row["below"]) + int(row["above"]) for row in counted) == outside
    contains(run("coupling", "cut.h5", "--reference", "r.h5").stderr, f"{outside} of ")
    bounds = {row["indicator"]: (row["least"], row["most"], row["weight"]) for row in table("indicators", "r.h5")}
    assert bounds == {row["indicator"]: (row["least"], row["most"], row["weight"]) for row in counted}


@test
def means_and_intervals_are_those_of_the_runs():
    world("r.h5")
    runs = table("runs", "r.h5")
    for row in table("degrees", "r.h5"):
        d = [number(one, "D") for one in runs if (one["region"], one["year"]) == (row["region"], row["year"])]
        close(number(row, "D"), numpy.mean(d), "mean")
        close(number(row, "D_low"), numpy.percentile(d, 5), "low")
        close(number(row, "D_high"), numpy.percentile(d, 95), "high")
    for row in table("years", "r.h5"):
        d = [numpy.mean([number(one, "D") for one in runs if (one["run"], one["year"]) == (str(k), row["year"])])
             for k in range(3)]
        close(number(row, "D_high"), numpy.percentile(d, 95), "high of the mean of the regions")


@test
def the_c_of_permuted_indices_is_the_mean_over_the_regions():
    world("r.h5")
    runs = table("runs", "r.h5")

    def coupling(a, b):
        return 2 * math.sqrt(a * b) / (a + b) if a + b > 0 else 0
    for row in runs:
        near = [one for one in runs if (one["run"], one["year"]) == (row["run"], row["year"])]
        a, b = number(row, "U_innovation"), number(row, "U_finance")
        due = sum(coupling(number(one, "U_innovation"), b) + coupling(a, number(one, "U_finance")) for one in near)
        close(number(row, "C_permuted"), due / (2 * len(near)), "C permuted")


@test
def causal_coupling_is_the_difference_to_the_cut_world_run_by_run():
    world("r.h5")
    world("cut.h5", *CUT)
    _, _, _, d, _ = degrees("r.h5", "r.h5")
    _, _, _, cut, _ = degrees("cut.h5", "r.h5")
    assert abs(d - cut).max() > 0.001
    for row in table("runs", "r.h5", "--cut", "cut.h5"):
        at = int(row["run"]), ["west", "东"].index(row["region"]), int(row["year"]) - 2020
        close(number(row, "causal"), (d - cut)[at], f"causal {at}")


@test
def a_world_that_is_not_cut_is_warned_of():
    world("r.h5")
    result = run("coupling", "r.h5", "--cut", "r.h5")
    assert result.returncode == 0
    contains(result.stderr, "finance_limits_rd is on in west: nothing is cut")
    world("cut.h5", *CUT)
    assert "nothing is cut" not in run("coupling", "r.h5", "--cut", "cut.h5").stderr


@test
def a_change_is_the_sum_of_its_parts_and_of_what_the_indicators_carry():
    world("r.h5")
    world("none.h5", *NONE)
    change = {(row["region"], row["year"]): row for row in table("change", "r.h5", "--against", "none.h5")}
    carried = table("carriers", "r.h5", "--against", "none.h5")
    assert any(abs(number(row, "change")) > 1e-6 for row in change.values())
    for key, row in change.items():
        close(number(row, "from_T") + number(row, "from_C"), number(row, "change"), "T and C")
        close(number(row, "D") - number(row, "D_against"), number(row, "change"), "D")
        close(sum(number(one, "carried") for one in carried if (one["region"], one["year"]) == key),
              number(row, "change"), "Shapley")
        if row["region"] == "东":               # where there is no pool nothing changes
            assert number(row, "change") == 0


@test
def a_world_against_itself_has_no_change():
    world("r.h5")
    for row in table("change", "r.h5", "--against", "r.h5"):
        assert all(number(row, key) == 0 for key in ("change", "from_T", "from_C", "rises_in"))


@test
def indicators_without_a_series_are_listed_and_the_others_share_their_weight():
    world("r.h5")
    found = table("indicators", "r.h5")
    lacking = [row for row in found if row["state"] == "no series 'patents_applied'"]
    assert len(lacking) == 1 and lacking[0]["weight"] == "0" and lacking[0]["least"] == ""
    for subsystem in ("innovation", "finance"):
        close(sum(number(row, "weight") for row in found if row["subsystem"] == subsystem), 1, subsystem)
    contains(done("coupling", "r.h5", "--table", "indicators", "--lang", "zh"), "没有序列“patents_applied”")


@test
def spending_is_a_third_subsystem_only_when_asked_for():
    world("r.h5")
    assert "U_spending" not in table("degrees", "r.h5")[0]
    row = table("runs", "r.h5", "--spending")[-1]
    u = [number(row, "U_" + name) for name in ("innovation", "finance", "spending")]
    close(number(row, "T"), sum(u) / 3, "T")
    close(number(row, "C"), 3 * math.prod(u) ** (1 / 3) / sum(u), "C")


@test
def files_are_written_with_their_reference():
    world("r.h5")
    world("none.h5", *NONE)
    done("coupling", "r.h5", "--against", "none.h5", "-o", "out.h5", "--quiet")
    with h5py.File("out.h5", "r") as file, h5py.File("r.h5", "r") as result:
        assert file["D"].shape == (3, 2, 2) and file["carried"].shape[:3] == (3, 2, 2)
        assert numpy.allclose(file["carried"][...].sum(axis=3), file["change"][...], atol=1e-12)
        digest = [h.attrs[k] for h, k in ((file, "reference_digest"), (result, "digest"))]
        assert digest[0] == digest[1], digest
        row = table("runs", "r.h5")[-1]
        close(file["D"][2, 1, 1], number(row, "D"), "D")
    assert pathlib.Path("out.h5.sha256").exists() and pathlib.Path("out.change_years.csv").exists()
    done("coupling", "r.h5", "-o", "t.tex", "--quiet")
    contains(pathlib.Path("t.years.tex").read_text(encoding="utf-8"), "\\toprule")
    assert not pathlib.Path("t.change.tex").exists() and not list(pathlib.Path(".").glob("*.tmp"))


@test
def one_region_is_permuted_over_its_runs():
    done("run", "small", "--months", "12", "--runs", "4", "--set", "burn_in=12", "--quiet", "-o", "one.h5")
    runs = table("runs", "one.h5")
    u = [(number(row, "U_innovation"), number(row, "U_finance")) for row in runs]
    assert len(u) == 4
    for row, (a, b) in zip(runs, u):
        pairs = [(c, b) for c, _ in u] + [(a, d) for _, d in u]
        due = sum(2 * math.sqrt(x * y) / (x + y) if x + y > 0 else 0 for x, y in pairs) / 8
        close(number(row, "C_permuted"), due, "C permuted")
    contains(done("coupling", "one.h5"), "permuted over the runs of the year")


@test
def the_paper_is_written_with_all_its_tables_and_figures():
    if importlib.util.find_spec("matplotlib") is None:
        print("no paper: python3-matplotlib is not installed")
        return
    script = TOP / "docs" / "paper" / "make-paper.sh"
    subprocess.run([script, BINARY, "work", "paper"], check=True, env=dict(os.environ, RUNS="2", PYTHON=sys.executable),
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    made = {path.name for path in pathlib.Path("paper").iterdir()}
    kept = {path.name for path in (TOP / "docs" / "paper").iterdir()}
    own = {"README.md", "make-paper.sh", "spec.yaml", "places.csv", "pairs.csv"}
    assert {name for name in kept - own if ".zh." not in name} <= made, kept - own - made
    assert len(rows(pathlib.Path("paper/coupling.csv").read_text(encoding="utf-8"))) == 30 * 10
    assert pathlib.Path("paper/fan.en.png").stat().st_size > 10000


@test
def the_page_of_the_paper_says_what_its_tables_say():
    folder = TOP / "docs" / "paper"
    page = (folder / "README.md").read_text(encoding="utf-8")
    years = {row["year"]: row for row in rows((folder / "coupling.years.csv").read_text(encoding="utf-8"))}
    for year in ("2014", "2023"):
        d = [f"{number(years[year], key):.3f}" for key in ("D", "D_low", "D_high")]
        contains(page, "{} ({} to {})".format(*d), *(f"{number(years[year], key):.3f}" for key in ("C", "C_permuted")))
        causal = [f"{number(years[year], key):.3f}" for key in ("causal", "causal_low", "causal_high")]
        contains(page.replace("\u2212", "-"), "{} ({} to {})".format(*causal))


def refused(code, text, *arguments):
    result = run("coupling", *arguments)
    assert result.returncode == code, (result.returncode, result.stderr)
    contains(result.stderr, text)
    assert result.stdout == "", result.stdout


@test
def what_cannot_be_compared_is_refused_with_a_reason():
    world("r.h5")
    world("seed.h5", "--seed", "9")
    world("two.h5", runs=2)
    world("short.h5", "--months", "12")
    refused(2, "is not paired with r.h5: another seed", "r.h5", "--against", "seed.h5")
    refused(2, "is not paired with r.h5: another number of runs", "r.h5", "--cut", "two.h5")
    refused(2, "holds no whole calendar year", "short.h5")
    refused(2, "the table 'carriers' needs --against", "r.h5", "--table", "carriers")
    refused(2, "did you mean 'degrees'", "r.h5", "--table", "degree")
    refused(2, "did you mean 'equal'", "r.h5", "--weights", "equl")
    refused(2, "--spec and --diagnose are for PANEL.csv", "r.h5", "--spec", "s.yaml")
    refused(2, "are for RESULT.h5", "p.csv", "--spending")
    refused(4, "nowhere.h5", "nowhere.h5")
    before = pathlib.Path("r.h5").read_bytes()
    refused(2, "is read here; it is left as it is", "r.h5", "-o", "r.h5")
    assert pathlib.Path("r.h5").read_bytes() == before


if __name__ == "__main__":
    sys.exit(main(tests))
