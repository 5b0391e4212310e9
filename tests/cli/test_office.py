#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_office.py [LIANDONG] [PART OF A NAME] - what an office could estimate, found again from its files by other means."""
import json
import os
import pathlib
import sys

import h5py
import numpy
import test_cli as cli
from test_cli import contains, digest, done
from test_ensembles import rows

tests = []
UNIT = {"sales (yuan a year)": 1, "staff": 1, "survival (reports)": 1, "loans (yuan)": 0.01}
SEEN = {"sales (yuan a year)": "sales", "staff": "staff", "survival (reports)": "reported", "loans (yuan)": "loans"}
TRUE = {"sales (yuan a year)": "sales", "staff": "staff", "survival (reports)": "alive", "loans (yuan)": "loans"}


def test(function):
    tests.append(function)
    return function


def scenarios():
    """A subsidy with a threshold of sales, an incubator without any, and a world like the base."""
    pathlib.Path("base.yml").write_text("base: guangzhou\nmonths: 36\nscale: 0.3\npolicies:\n  risk_pool: {enabled: false}\n",
                                        encoding="utf-8")
    pathlib.Path("help.yml").write_text("base: base.yml\npolicies:\n  interest_subsidy: {from: 2016-01, share: 0.5, budget: "
                                        "50 m, claim_lag: 6, sales_max: 10 m}\n", encoding="utf-8")
    pathlib.Path("parks.yml").write_text("base: base.yml\npolicies:\n  incubators: {from: 2016-01, capacity: 200, budget: "
                                         "50 m}\n", encoding="utf-8")


def office(*arguments, runs=3, out="c.h5"):
    text = done("compare", "base.yml", *arguments, "--runs", runs, "--runoff", "0", "--office", "--placebo", "none", "--format",
                "json", "--table", "office", "-o", out, "--quiet")
    return json.loads(text)


def table(path):
    with h5py.File(path, "r") as file:
        return {name: file[name][...] for name in file if name != "row"}


def of(files, run_, variant, horizon):
    """Columns of one run, variant and horizon, by enterprise."""
    both = []
    for name in files:
        whole = table(name)
        mine = (whole["run"] == run_) & (whole["variant"] == variant) & (whole["horizon"] == horizon)
        both.append({key: column[mine] for key, column in whole.items()})
    assert (both[0]["enterprise"] == both[1]["enterprise"]).all()
    return both


FILES = ("c.office.h5", "c.truth.h5")


def weights(score, bandwidth):
    """Rows of the least-squares solution that give the heights at 0 of the two lines."""
    kernel = numpy.where(numpy.isnan(score), 0, numpy.clip(1 - abs(score) / bandwidth, 0, None))
    near, below = kernel > 0, score <= 0
    x = numpy.stack([below, ~below, score * below, score * ~below], axis=1)[near]
    solved = numpy.linalg.solve(x.T * kernel[near] @ x, x.T * kernel[near])
    both = numpy.zeros((2, len(score)))
    both[:, near] = solved[:2]
    return x, solved, near, both


@test
def estimates_and_their_errors_are_those_of_a_regression_on_what_the_office_sees():
    scenarios()
    found = office("help.yml", runs=1)
    seen, _ = of(FILES, 0, 0, 36)
    start, _ = of(FILES, 0, 0, 0)
    treated = seen["treated"] == 1
    assert 20 < treated.sum() < len(treated) - 20
    with numpy.errstate(divide="ignore"):
        score = numpy.log(seen["score_sales"] / 10e6)
    score[~numpy.isfinite(score)] = numpy.nan
    there = score[~numpy.isnan(score)]
    bandwidth = 1.84 * there.std(ddof=1) * len(there) ** -0.2
    checked = 0
    for row in (row for row in found if row["horizon"] == 36):
        y = UNIT[row["outcome"]] * seen[SEEN[row["outcome"]]].astype(float)
        if row["estimator"].startswith("difference in"):
            if row["estimator"].endswith("differences"):
                y = y - UNIT[row["outcome"]] * start[SEEN[row["outcome"]]]
            one, other = y[treated], y[~treated]
            want = one.mean() - other.mean(), (one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other)) ** .5
        else:
            width = bandwidth * (0.5 if "half" in row["estimator"] else 2 if "double" in row["estimator"] else 1)
            x, solved, near, _ = weights(score, width)
            line = solved @ y[near]
            off = y[near] - x @ line
            contrast = solved[0] - solved[1]
            want = line[0] - line[1], ((contrast * off) ** 2 @ numpy.ones(near.sum()) * near.sum() / (near.sum() - 4)) ** .5
            assert numpy.isclose(row["bandwidth"], width, rtol=1e-4), row
        assert numpy.allclose([row["estimate"], row["se"]], want, rtol=2e-4), (row, want)
        checked += 1
    assert checked == 20


@test
def ages_are_scores_in_months_beyond_their_threshold():
    scenarios()
    found = office("help.yml", "--set", "policies.interest_subsidy.sales_max=1e13", "--set",
                   "policies.interest_subsidy.age_max=60", runs=1)
    seen, _ = of(FILES, 0, 0, 36)
    score = numpy.where(seen["score_age"] >= 0, seen["score_age"] - 60.0, numpy.nan)
    row = next(row for row in found if row["horizon"] == 36 and row["outcome"] == "staff" and row["threshold"])
    assert row["threshold"] == "interest_subsidy.age_max"
    there = score[~numpy.isnan(score)]
    assert numpy.isclose(row["bandwidth"], 1.84 * there.std(ddof=1) * len(there) ** -0.2, rtol=1e-4)
    _, _, _, (left, right) = weights(score, row["bandwidth"])
    assert numpy.isclose(row["estimate"], (left - right) @ seen["staff"], rtol=1e-3)


@test
def truth_and_the_parts_of_a_bias_are_those_of_the_two_files():
    scenarios()
    found = office("help.yml", runs=3)
    for row in (row for row in found if row["horizon"] == 36 and row["estimator"].startswith("difference in")):
        parts, change, unit = [], row["estimator"].endswith("differences"), UNIT[row["outcome"]]
        for one in range(3):
            seen, truth = of(FILES, one, 0, 36)
            first, base = of(FILES, one, 0, 0)
            mine, true = SEEN[row["outcome"]], TRUE[row["outcome"]]
            with_, without = seen[mine].astype(float), truth[("reported_base" if mine == "reported" else f"{mine}_reported_base")
                                                             ].astype(float)
            effect = truth[f"{true}_variant"].astype(float) - truth[f"{true}_base"]
            got = seen["treated"] == 1
            assert (first[mine] == base["reported_base" if mine == "reported" else f"{mine}_reported_base"]).all()
            if change:
                with_, without = with_ - first[mine], without - first[mine]
            parts.append(unit * numpy.array([with_[got].mean() - with_[~got].mean(), effect[got].mean(),
                                             without[got].mean() - without[~got].mean(),
                                             -(with_ - without)[~got].mean(),
                                             (with_ - without)[got].mean() - effect[got].mean()]))
        want = numpy.mean(parts, axis=0)
        have = [row[key] for key in ("estimate", "truth", "incomparable", "spillover", "measurement")]
        assert numpy.allclose(have, want, rtol=2e-4, atol=1e-12), (row, want)
        assert numpy.isclose(row["bias"], have[0] - have[1], rtol=1e-3), row
        assert abs(sum(have[2:]) - row["bias"]) < 1e-3 * max(map(abs, have)), row
        spread = numpy.std([part[0] - part[1] for part in parts], ddof=1) / 3 ** .5
        assert numpy.isclose(row["high"] - row["bias"], 4.302652729911275 * spread, rtol=2e-2), row


@test
def the_effect_at_a_threshold_is_that_of_the_paired_world_there():
    scenarios()
    found = office("help.yml", runs=1)
    seen, truth = of(FILES, 0, 0, 36)
    with numpy.errstate(divide="ignore"):
        score = numpy.log(seen["score_sales"] / 10e6)
    score[~numpy.isfinite(score)] = numpy.nan
    for row in (row for row in found if row["horizon"] == 36 and row["threshold"] and row["outcome"] == "staff"):
        _, _, _, (left, right) = weights(score, row["bandwidth"])
        effect = truth["staff_variant"].astype(float) - truth["staff_base"]
        without, with_ = truth["staff_reported_base"].astype(float), seen["staff"].astype(float)
        want = [left @ effect, (left - right) @ without, -right @ (with_ - without), left @ (with_ - without - effect)]
        have = [row[key] for key in ("truth", "incomparable", "spillover", "measurement")]
        assert numpy.allclose(have, want, rtol=2e-3, atol=2e-3), (row, want)
        assert row["treated_more"] > 0, "who is eligible is treated more often"


@test
def what_is_reported_and_what_is_true_are_what_the_panel_shows():
    scenarios()
    office("help.yml", runs=2)
    done("run", "help.yml", "--runs", "2", "--panel", "1", "-o", "h.h5", "--quiet")
    panel = table("h.panel.h5")
    for one in range(2):
        for horizon, report, month in ((12, 0, 201612), (36, 201712, 201812)):
            seen, truth = of(FILES, one, 0, horizon)
            for when, sales, staff, alive in ((report, seen["sales"], seen["staff"], seen["reported"]),
                                              (month, truth["sales_variant"], truth["staff_variant"], truth["alive_variant"])):
                if when == 0:
                    assert set(seen["report"]) == {201512}
                    continue
                mine = (panel["run"] == one) & (panel["month"] == when) & (panel["status"] == 1)
                there = {key: k for k, key in enumerate(zip(panel["origin"][mine], panel["index"][mine]))}
                for k, key in enumerate(zip(truth["origin"], truth["index"])):
                    at = there.get(key)
                    want = (0, 0, 0) if at is None else (panel["sales"][mine][at], panel["staff"][mine][at], 1)
                    assert (sales[k], staff[k], alive[k]) == want, (one, when, key)
    assert (seen["registered"] <= 201506).all() and (seen["registered"] == 201506).any()
    assert (seen["loans"] <= truth["loans_variant"]).all() and (seen["loans"] < truth["loans_variant"]).any()
    ledger = (seen["received"] > 0) | (seen["covered"] > 0)
    assert (ledger == (seen["treated"] == 1)).all() and not seen["covered"].any()


@test
def where_every_loan_is_enrolled_the_ledger_has_every_loan():
    scenarios()
    pathlib.Path("all.yml").write_text("base: base.yml\npolicies:\n  risk_pool: {enabled: {2016-01: true}, capital: 1000 亿, loan_max: "
                                       "1e12, rate_ceiling: 0.5, leverage_max: 1000, enrolment: portfolio, paperwork: 0}\n",
                                       encoding="utf-8")
    office("all.yml", "--rows", runs=2)
    whole = table("c.rows.h5")
    granted = {key: credit for *key_, credit in zip(whole["run"], whole["horizon"], whole["origin"], whole["index"],
                                                    whole["credit_variant"]) for key in [tuple(key_)]}
    for one in range(2):
        for horizon in (12, 36):
            seen, truth = of(FILES, one, 0, horizon)
            want = [granted[one, horizon, origin, index] for origin, index in zip(truth["origin"], truth["index"])]
            assert seen["covered"].tolist() == want and (seen["treated"] == (seen["covered"] > 0)).all() and max(want) > 0
    assert (seen["facility"] <= seen["covered"]).all() and ((seen["facility"] > 0) == (seen["covered"] > 0)).all()


@test
def without_lag_and_floor_nothing_is_lost_in_measurement():
    scenarios()
    found = office("help.yml", "--office-lag", "0", "--office-floor", "0")
    assert any(row["state"] == "" for row in found)
    for row in found:
        if row["state"] == "":
            assert abs(row["measurement"]) < 1e-9 * max(1, abs(row["estimate"])), row


@test
def what_cannot_be_identified_is_said_and_nothing_is_made_up():
    scenarios()
    pathlib.Path("same.yml").write_text("base: base.yml\ncredit: {base_rate: {2016-01: 0.05}}\n", encoding="utf-8")
    found = office("parks.yml", "same.yml", "help.yml", runs=2)
    said = {(row["variant"], row["horizon"], row["estimator"].split(",")[0].split(" at ")[0], row["state"]) for row in found}
    assert {("same", months, how, "not identified: it differs in no instrument that stands") for months in (12, 36) for how in (
        "difference in means", "difference in differences", "discontinuity")} <= said
    assert ("parks", 36, "discontinuity", "not identified: the policy has no threshold of eligibility") in said
    assert ("parks", 36, "difference in means", "") in said
    assert ("help", 12, "difference in means", "not identified: no report since the policy started is in") in said
    for row in found:
        assert (row["estimate"] is None) == (row["state"] != ""), row
        assert row["variant"] != "same" or row["truth"] is None, row
    few = office("help.yml", "--set", "policies.interest_subsidy.sales_max=9 bn", runs=2, out="f.h5")
    assert any("too few near" in row["state"] for row in few)
    late = office("help.yml", "--set", "policies.interest_subsidy.claim_lag=18", runs=2, out="g.h5")
    assert {row["state"] for row in late if row["horizon"] == 12 and row["outcome"].startswith("loans") and
            row["estimator"].startswith("difference")} == {"not identified: fewer than two are treated"}
    with h5py.File("c.h5", "r") as file:
        group = file["office"]
        assert len(group["bias"]) == len(found)
        assert (numpy.isnan(group["estimate"][...]) == (group["state"][...] != 0)).all()
        assert group["bias"].attrs["long_name_zh"] and group["bias"].dims[0]


@test
def an_office_that_looks_changes_no_world_and_its_files_are_the_same_for_any_threads_and_after_kills():
    scenarios()
    arguments = ("compare", "base.yml", "help.yml", "--runs", "4", "--runoff", "0", "--quiet")
    done(*arguments, "-o", "plain.h5")
    for threads in (1, 3):
        os.mkdir(str(threads))
        done(*arguments, "--office", "--threads", threads, "-o", f"{threads}/c.h5")
    for wait in (0.1, 0.2, 0.3):
        process = cli.subprocess.Popen([cli.BINARY, *arguments, "--office", "-o", "c.h5"], stdin=cli.subprocess.DEVNULL,
                                       stdout=cli.subprocess.DEVNULL)
        try:
            process.wait(timeout=wait)
        except cli.subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    done(*arguments, "--office", "-o", "c.h5")
    for name in ("c.h5", *FILES):
        assert len({digest(f"{folder}/{name}") for folder in ("1", "3", ".")}) == 1, name
    for world in ("base", "help", "help-placebo", "help-lump-sum"):
        assert digest(f"plain.{world}.h5") == digest(f"c.{world}.h5"), world
    assert not [path for path in os.listdir() if path.endswith((".tmp", ".journal"))]
    # another lag is another question
    done(*arguments, "--office", "--office-lag", "0", "-o", "c.h5")
    assert digest("c.office.h5") != digest("1/c.office.h5") and digest("c.help.h5") == digest("1/c.help.h5")


@test
def an_office_speaks_two_languages_and_refuses_what_makes_no_sense():
    scenarios()
    arguments = ("compare", "base.yml", "help.yml", "--runs", "2", "--runoff", "0", "--office", "-o", "c.h5", "--quiet")
    contains(done(*arguments), "What an office could estimate", "interest_subsidy.sales_max = 1e+07", "discontinuity, half at",
             "Bias = incomparable + spillover + measurement", "office:  c.office.h5")
    contains(done(*arguments, "--lang", "zh"), "部门仅凭所见可得的估计", "双重差分", "断点回归（半带宽）", "覆盖率",
             "部门所见：c.office.h5")
    for wrong, said in ((("--table", "office"), "--table office: needs --office"), (("--office-lag", "-1"), "--office-lag"),
                        (("--office-floor", "much"), "an amount of yuan, 0 or more"), (("--table", "offices"), "or office")):
        contains(done("compare", "base.yml", "help.yml", *wrong, "-o", "d.h5", code=2), said)
    pathlib.Path("truth.yml").write_text("base: base.yml\n", encoding="utf-8")
    contains(done("compare", "base.yml", "truth.yml", "-o", "d.h5", code=2), "no world can be called 'truth'")
    assert not [path for path in os.listdir() if path.startswith("d.")]


@test
def tables_are_exported_as_one_line_a_row_for_statsmodels_and_r():
    scenarios()
    office("help.yml", runs=1)
    done("export", "c.office.h5", "-o", "o.csv", "--lang", "en")
    exported = rows(pathlib.Path("o.csv").read_text(encoding="utf-8"))
    whole = table("c.office.h5")
    assert len(exported) == len(whole["run"]) and list(exported[0])[:4] == ["run", "variant", "enterprise", "horizon"]
    assert {row["variant"] for row in exported} == {"help"}
    for name in ("sales", "loans", "score_age", "treated"):
        assert [float(row[name]) for row in exported] == whole[name].tolist(), name
    chinese = done("export", "c.truth.h5", "--series", "quality,alive_base", "--lang", "zh")
    assert chinese.startswith("\ufeff潜在质量,基准中存续\n")
    contains(done("export", "c.office.h5", "--series", "salse", code=2), "has no 'salse'; did you mean 'sales'?")
    contains(done("export", "c.office.h5", "--series", "row", code=2), "'row' is not a column of the table")


@test
def statsmodels_finds_the_same_estimates():
    try:
        import pandas
        import statsmodels.api as api
    except ImportError as missing:
        return f"{missing.name} is not installed"
    scenarios()
    found = {(row["outcome"], row["estimator"].split(" at ")[0]): row for row in office("help.yml", runs=1)
             if row["horizon"] == 36}
    done("export", "c.office.h5", "-o", "o.csv", "--lang", "en")
    data = pandas.read_csv("o.csv", encoding="utf-8-sig")
    end = data[data.horizon == 36].set_index("enterprise")
    fit = api.OLS(end.sales, api.add_constant(end.treated.astype(float))).fit(cov_type="HC2")
    row = found["sales (yuan a year)", "difference in means"]
    assert numpy.allclose([row["estimate"], row["se"]], [fit.params["treated"], fit.bse["treated"]], rtol=1e-4)
    start = data[data.horizon == 0].set_index("enterprise")
    fit = api.OLS(end.sales - start.sales, api.add_constant(end.treated.astype(float))).fit(cov_type="HC2")
    row = found["sales (yuan a year)", "difference in differences"]
    assert numpy.allclose([row["estimate"], row["se"]], [fit.params["treated"], fit.bse["treated"]], rtol=1e-4)
    score = numpy.log(end.score_sales[end.score_sales > 0] / 10e6)
    row = found["sales (yuan a year)", "discontinuity"]
    kernel = (1 - abs(score) / row["bandwidth"]).clip(lower=0)
    near, below = kernel > 0, (score <= 0).astype(float)
    fit = api.WLS(end.sales[score.index][near], pandas.DataFrame({"one": 1.0, "below": below, "s": score, "both": score * below})[
        near], weights=kernel[near]).fit(cov_type="HC1")
    assert numpy.allclose([row["estimate"], row["se"]], [fit.params["below"], fit.bse["below"]], rtol=1e-4)
    return None


if __name__ == "__main__":
    sys.exit(cli.main(tests))
