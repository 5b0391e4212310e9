#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_cli.py [LIANDONG] [PART OF A NAME] - drives the program as a user does.  Python and h5py only.

Every test runs in a folder of its own; its name is the sentence it tests.  Ends with `N passed, N failed`.
"""
import csv
import hashlib
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import h5py

TOP = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else TOP / "build" / "liandong").resolve()
SMALL = """\
base: guangzhou
title: {zh: 小例, en: small}
scale: 0.02
burn_in: 24
months: 12
policies:
  risk_pool: {enabled: true, capital: 4.0e8, share: 0.4}
"""
SECONDS = 120
tests = []


def test(function):
    tests.append(function)
    return function


def run(*arguments, **options):
    """The finished process; texts as str.  `text=False` leaves them as bytes."""
    settings = dict(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS,
                    check=False, encoding="utf-8")
    if options.pop("text", True) is False:
        del settings["encoding"]
    settings.update(options)
    return subprocess.run([str(BINARY), *map(str, arguments)], **settings)


def done(*arguments, code=0, **options):
    """Runs and expects an exit code; gives stdout."""
    process = run(*arguments, **options)
    assert process.returncode == code, \
        f"liandong {' '.join(map(str, arguments))}: exit {process.returncode}, expected {code}\n" \
        f"{process.stdout}\n{process.stderr}"
    return process.stdout if code == 0 else process.stderr


def small(text="", name="small.yml"):
    pathlib.Path(name).write_text(SMALL + text, encoding="utf-8")
    return name


def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def commands():
    return re.findall(r"^  ([a-z]+)\b", done("--help"), re.M)


def contains(text, *wanted):
    for part in wanted:
        assert part in text, f"{part!r} is not in:\n{text}"


# ---- help and usage ----------------------------------------------------------------------------------------------

@test
def help_names_the_commands_and_each_has_help_of_its_own():
    names = commands()
    assert {"run", "check", "explain", "params", "instruments", "series", "schedule", "flows"} <= set(names), names
    for name in names:
        contains(done(name, "--help"), f"liandong {name}")


@test
def version_is_printed():
    assert re.search(r"\b\d+\.\d+\.\d+\b", done("--version"))


@test
def no_command_and_unknown_commands_and_options_are_usage_errors():
    contains(done(code=2), "liandong")
    contains(done("rnu", "guangzhou", code=2), "rnu", "did you mean 'run'")
    contains(done("frobnicate", code=2), "unknown command 'frobnicate'; `liandong --help` lists them")
    contains(done("run", code=2), "too few arguments; due are: SCENARIO", "Usage: liandong run")
    contains(done("run", small(), "-o", "nowhere/a.h5", code=4), "nowhere/a.h5.journal: cannot open: there is no such folder")
    contains(done("run", "guangzhou", "--seeed", "3", code=2), "--seeed", "did you mean '--seed'")
    for arguments in (["--runs", "0"], ["--runs", "x"], ["--seed", "-1"], ["--seed", "4294967296"], ["--runs"],
                      ["--threads", "0"], ["--months", "0"], ["--shard", "3/2"], ["--panel", "1.5"]):
        done("run", small(), *arguments, code=2)
    assert not list(pathlib.Path().glob("*.h5*"))


@test
def usage_and_what_is_wrong_with_it_are_said_in_the_language_chosen():
    for line, wanted in ((["run", "--moths=3", "a"], "未知选项“--moths”；您是否想写“--months”？"),
                         (["run", "--months"], "选项“--months”缺少取值"), (["run", "a", "-t"], "选项“-t”缺少取值"),
                         (["run", "-x", "a"], "未知选项“-x”"), (["run", "--quiet=3", "a"], "选项“--quiet”不带取值"),
                         (["run", "--se=3", "a"], "选项“--se”有多种可能：--seed --set"),
                         (["run"], "参数不足，应为：SCENARIO\n用法：liandong run [选项...] SCENARIO\n"
                                   "`liandong run --help` 列出各选项")):
        said = done("--lang=zh", *line, code=2)
        assert said == f"liandong: error: {wanted}\n", said
    for name in commands():
        text = done(name, "--help", "--lang", "zh")
        assert text.startswith(f"用法：liandong {name} [选项...]"), text
        contains(text, "列出本帮助")
        assert not re.search("Usage|Mandatory|Give|OPTION", text), text
    contains(done("run", "--usage", "--lang=zh"), "用法：liandong run [--output=OUT.h5] [--runs=N]", "SCENARIO")
    assert done("audit", "none.h5", "--lang=zh", code=4) == "liandong: error: none.h5：无法打开：文件或文件夹不存在\n"
    assert done("merge", "none.shard", "-o", "a.h5", "--lang=zh", code=4).startswith("liandong: error: none.shard：无法打开：文件")
    contains(done("run", "--se=3", "a", code=2), "option '--se' may mean one of --seed --set")
    contains(done("run", "--usage"), "Usage: liandong run", "[--trigger=RULE]", "SCENARIO")


@test
def options_may_be_shortened_and_joined_and_values_may_look_like_options():
    done("check", small(), "--lan", "en")
    done("run", small(), "-qt2", "-o", "--a.h5")
    assert pathlib.Path("--a.h5").exists()
    done("check", "--", small())


@test
def readme_shows_only_commands_that_exist():
    names = set(commands())
    shown = re.findall(r"(?:`|build/)liandong ([a-z]+)\b", (TOP / "README.md").read_text(encoding="utf-8"))
    assert shown and set(shown) <= names, set(shown) - names


@test
def chinese_is_spoken_when_asked():
    assert re.search(r"[\u4e00-\u9fff]", done("params", "--lang", "zh"))
    assert not re.search(r"[\u4e00-\u9fff]", done("schedule", "--lang", "en"))
    contains(done("run", "nowhere", "--lang", "zh", code=2), "nowhere")


# ---- tables ------------------------------------------------------------------------------------------------------

@test
def tables_are_printed_as_text_json_and_markdown():
    for name in ("params", "instruments", "series", "schedule", "flows", "sources"):
        assert len(done(name).splitlines()) > 3, name
        rows = json.loads(done(name, "--format", "json"))
        assert isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows), name
        contains(done(name, "--format", "md"), "| ---")
    done("params", "--format", "xml", code=2)


@test
def sources_are_explained_by_name_and_unknown_ones_refused():
    contains(done("sources", "F041", "E5"), "F041", "E5.2", "E5.11")
    assert "F046" not in done("sources", "F041", "E5")
    contains(done("sources", "F041", "--lang", "zh"), "坪山")
    assert json.loads(done("sources", "F041", "--lang", "zh", "--format", "json"))[0]["place"] == "Pingshan"
    contains(done("sources", "F41", code=2), "did you mean 'F041'?")


@test
def instruments_have_number_name_and_labels():
    for row in json.loads(done("instruments", "--format", "json")):
        assert isinstance(row["number"], int) and row["name"] and row["label_en"] and row["label_zh"], row


# What instruments are called by number where users agreed on names; 54 is the rules of `triggers`, 56 is not in the model.
AGREED = """risk_pool investment_loan_linkage batch_linkage loan_guarantee guarantee_fund two_layer_guarantee double_insured_loan
    interest_subsidy fee_subsidy insurance_subsidy coinsurance_pool guide_fund stage_funds three_level_seed_fund direct_seed_fund
    angel_fund error_tolerance investment_reward investment_loss_protection grant_matched_credit contest ip_pledge
    ip_securitisation collective_bonds p_cbo tech_notes bond_subsidy other_pledges leasing_guarantee tech_branch npl_tolerance
    expert_review credit_base platform innovation_points cluster_loan shared_growth stage_products relending volume_subsidy
    bridge_loan small_loan_company turnover_reserve repayment_fund listing_support ip_market incubators manager_awards
    public_share rd_public_money supply_chain_finance chamber joint_innovation_plan - working_group regional_community audit_clawback
    talent_training credit_targets disclosure_liability tax_return post_investment_services""".split()


@test
def every_agreed_name_of_an_instrument_may_be_written():
    contains(done("check", small(), "--set=policies.monitoring.enabled=true", code=2),
             "--set:1:1: error: 'policies.monitoring.enabled': monitoring is written as rules, under `triggers` at the top")
    listed = {one["number"]: [one["name"], *one["also"]]
              for one in json.loads(done("instruments", "--format", "json")) if one["number"]}
    names = {number: name for number, name in enumerate(AGREED, 1) if name != "-"}
    assert all(name in listed[number] for number, name in names.items()), \
        [name for number, name in names.items() if name not in listed[number]]
    done("check", small(), *(f"--set=policies.{name}.enabled=true" for name in names.values()))


@test
def schema_is_json():
    json.loads(done("params", "--format", "json-schema"))


@test
def a_table_that_cannot_be_written_is_an_input_output_error():
    with open("/dev/full", "wb") as full:
        assert run("params", stdout=full).returncode == 4


# ---- scenarios ---------------------------------------------------------------------------------------------------

@test
def every_shipped_scenario_is_sound():
    shipped = sorted((TOP / "scenarios").rglob("*.yml"))
    assert shipped
    for path in shipped:
        done("check", path)


@test
def in_the_shipped_overlay_of_frictions_managers_move_funds_drift_and_officers_dare_more_when_judged_as_a_whole():
    def sums(*settings):
        done("run", "public-funds-frictions", "--quiet", "--set", "scale=0.05", "-o", "f.h5", *settings)
        with h5py.File("f.h5", "r") as file:
            names = ("managers_moved", "invested_away", "mandate_missing", "guide_declined", "direct_invested")
            return [int(file[name][...].sum()) for name in names]
    moved, away, missing, _, alone = sums()
    assert moved > 0 and away > 0 and missing > 0, (moved, away, missing)
    *_, declined, whole = sums("--set", "policies.guide_fund.seat=vote", "--set", "policies.error_tolerance.enabled=true",
                               "--set", "policies.error_tolerance.together=20")
    assert declined > 0 and whole > alone, (declined, whole, alone)


@test
def a_misspelt_parameter_is_named_with_its_place_and_the_nearest_name():
    pathlib.Path("x.yml").write_text("base: guangzhou\ncredit:\n  base_rat: 0.05\n", encoding="utf-8")
    for command in ("check", "run"):
        text = done(command, "x.yml", code=2)
        contains(text, "x.yml:3:3: error: ", "base_rat'", "did you mean", "base_rate'")


@test
def all_errors_come_at_once():
    pathlib.Path("x.yml").write_text("base: guangzhou\ncredit:\n  base_rat: 0.05\n  base_rate: 3.45\n"
                                     "policies:\n  risk_pol: {share: 0.5}\n", encoding="utf-8")
    text = done("check", "x.yml", code=2)
    contains(text, "x.yml:3:3: error: ", "x.yml:4:", "x.yml:6:", "risk_pool")
    assert text.count(": error: ") == 3, text


@test
def set_is_checked_like_a_file():
    contains(done("run", small(), "--set", "credit.trem_months=24", code=2), "--set:1:1: error: ", "term_months")
    contains(done("run", small(), "--set", "seed=1", "--set", "credit.base_rate=9", code=2), "--set:2:", "outside")
    done("run", small(), "--set", "credit.base_rate", code=2)


@test
def a_place_that_does_not_exist_is_a_scenario_error_and_names_the_nearest():
    contains(done("run", "guangzhuo", code=2), "guangzhuo", "did you mean 'guangzhou'")
    contains(done("run", "missing.yml", code=2), "missing.yml")
    pathlib.Path("x.yml").write_text("base: nowhere\n", encoding="utf-8")
    contains(done("check", "x.yml", code=2), "x.yml:1:", "nowhere")


@test
def what_is_right_but_hardly_meant_is_noted_with_its_place():
    pathlib.Path("x.yml").write_text("base: small\npolicies:\n  risk_pool: {share: 0}\n  platform:\n    from: 2099-01\n  experts.board:\n"
                                     "    {enabled: true, budget: 1 m, capacity: 3, auc: 0.1}\n"
                                     "credit: {base_rate: {2023-01: 0.05}}\n", encoding="utf-8")
    text = done("check", "x.yml", text=True)
    process = run("check", "x.yml")
    assert process.returncode == 0 and text == "", process.stderr
    assert process.stderr.splitlines() == ["x.yml: no error",
                     "x.yml:3:1: note: 'regions.town.policies.risk_pool' stands, but nothing comes of it: 'share, tiers' is 0",
                     "x.yml:5:1: note: 'regions.town.policies.platform' stands in no month of the run, 2020-01 to 2022-12",
                     "x.yml:8:1: note: 'regions.town.credit.base_rate' has no date within the run, 2020-01 to 2022-12"], process.stderr
    said = run("check", "x.yml", "--lang", "zh", "--quiet", "--log", "log.jsonl").stderr
    contains(said, "note: “regions.town.policies.risk_pool”已启用但不起作用：“share、tiers”为 0",
             "note: “regions.town.policies.platform”在模拟期（2020-01 至 2022-12）内从未生效",
             "note: “regions.town.credit.base_rate”的日期都不在模拟期（2020-01 至 2022-12）内")
    assert {json.loads(line)["level"] for line in pathlib.Path("log.jsonl").read_text(encoding="utf-8").splitlines()} == {"info", "note"}
    for path in sorted((TOP / "scenarios").rglob("*.yml")):
        assert "note:" not in run("check", path).stderr, run("check", path).stderr


@test
def a_file_that_cannot_be_read_is_an_input_output_error():
    pathlib.Path("folder.yml").mkdir()
    contains(done("check", "folder.yml", code=4), "folder.yml")
    if os.geteuid() != 0:
        small(name="closed.yml")
        os.chmod("closed.yml", 0)
        contains(done("check", "closed.yml", code=4), "closed.yml")


@test
def what_is_no_scenario_is_refused():
    for n, text in enumerate([b"- a\n- b\n", b"{", b"\xff\xfe\x00", b"base: guangzhou\nbase: guangzhou\n",
                              b"months: [1, 2]\n", b"base: x.yml\n" * 2, b"a: &a [*a]\n"]):
        name = f"bad{n}.yml"
        pathlib.Path(name).write_bytes(text)
        contains(done("check", name, code=2), name)


@test
def explain_tells_where_a_value_comes_from():
    small("credit: {base_rate: 0.04}\n")
    contains(done("explain", "small.yml", "credit.base_rate"), "0.04", "small.yml:8")
    contains(done("explain", "small.yml", "credit.base_rate", "--set", "credit.base_rate=0.05"), "0.05", "--set")
    contains(done("explain", "small.yml", "credit.term_months"), "36", "default")
    for line in done("explain", "small.yml").splitlines()[1:]:  # whatever no layer gives has a source, or is assumed
        if "  default" in line or "  shipped" in line:
            assert re.search("(default|shipped): ..", line) or not line.startswith("regions."), line


@test
def explain_shows_rules_and_names_the_nearest_of_what_is_no_name():
    pathlib.Path("rule.yml").write_text(SMALL + 'triggers:\n  alarm: "npl_ratio > 0.05 for 3: credit.base_rate = 0.05"\n', encoding="utf-8")
    contains(done("explain", "rule.yml", "triggers.alarm"), "npl_ratio > 0.05 for 3: credit.base_rate = 0.05", "rule.yml:9")
    contains(done("explain", "rule.yml", "triggers.alrm", code=2), "did you mean 'triggers.alarm'?")
    contains(done("explain", "rule.yml", "policies.bridge_loan.enabled"), "policies.bridge.enabled")
    for keys in (("policies", "policies.risk_pool.share"), ("policies.bridge_loan", "policies.bridge", "policies")):
        assert done("explain", "rule.yml", *keys) == done("explain", "rule.yml", "policies")  # several may mean the same value
    contains(done("explain", "rule.yml", "policies.risk_pol", code=2), "did you mean 'policies.risk_pool'?")


@test
def a_new_name_nearly_that_of_a_lower_layer_is_warned_of():
    pathlib.Path("town.yml").write_text("base: guangzhou\nregions: {guangzou: {}}\nbanks: {rurall: {capital: 1 bn}, savings: {count: 1}}\n", encoding="utf-8")
    process = run("check", "town.yml")
    assert process.returncode == 0, process.stderr
    contains(process.stderr, "town.yml:2:11: warning: 'guangzou' is a new name beside 'guangzhou'; did you mean that?",
             "town.yml:3:18: warning: 'rurall' is a new name beside 'rural'")
    assert "savings" not in process.stderr
    for name in ("thirty-regions-no-pool", "guangzhou-2024", "tech-register"):
        assert "warning" not in run("check", name).stderr, name


@test
def an_option_that_nothing_would_read_is_refused():
    contains(done("compare", "guangzhou", "experts", "--size", "policies.risk_pool.share", code=2), "--equal-cost")
    contains(done("compare", "guangzhou", "experts", "--cost", "spending", code=2), "--equal-cost")
    contains(done("new", "guangzhou", code=2), "'guangzhou' is the name of a shipped scenario")


@test
def figures_that_are_judged_together_say_how_far_and_which_carries_it():
    pathlib.Path("city.yml").write_text("base: guangzhou\nscale: 0.05\n", encoding="utf-8")
    made = run("validate", "city.yml", "--runs", "6", "--format", "json")
    assert made.returncode == 0, made.stderr
    contains(made.stderr, "Together (what became of financings, and how they ended; 6 worlds, 4 figures)")
    rows = {row["fact"]: row for row in json.loads(made.stdout)}
    together = rows["together: what became of financings, and how they ended"]
    assert together["source"].split(", ") == ["deals_below_1", "deals_above_10", "exits_listed", "exits_bought_back"]
    limit = float(together["reported"].removeprefix("< "))
    assert together["verdict"] == ("missed" if together["simulated"] > limit else "met")
    without = [row["simulated"] for fact, row in rows.items() if fact.startswith("together, but for")]
    assert len(without) == 4 and max(without) <= together["simulated"] + 0.01
    few = done("validate", "city.yml", "--runs", "2", "--lang", "zh")
    contains(few, "联合（投资结果与退出方式）：不作判断；2 个世界不足以判断 4 项数值。")


@test
def errors_of_rules_and_files_are_chinese_where_asked():
    rule = ("run", "guangzhou", "--lang", "zh", "--trigger")
    contains(done(*rule, "npl_ration > 1: credit.base_rate = 0", code=2), "未知序列“npl_ration”；您是否想写“npl_ratio”？")
    contains(done(*rule, "npl_ratio > 1: enterprises.initial = 0", code=2), "不能随时间变化")
    contains(done("audit", "none.h5", "--lang", "zh", code=4), "none.h5：无法打开：")


@test
def the_readme_lists_every_instrument_that_works():
    readme = (TOP / "README.md").read_text(encoding="utf-8")
    rows = readme.split("### Instruments that work")[1].split("\n\n")[1].splitlines()[2:]
    listed = {int(number) for row in rows for number in re.findall(r"\b(\d+) ", row.split("|")[2])}
    works = {one["number"] for one in json.loads(done("instruments", "--format", "json"))}
    assert listed == works, f"not in the README: {sorted(works - listed)}; only there: {sorted(listed - works)}"


@test
def comments_order_crlf_and_a_byte_order_mark_do_not_matter():
    done("run", small(), "-o", "a.h5", "--quiet")
    lines = SMALL.splitlines()
    head, policies = lines[:4], lines[4:]
    text = "\ufeff" + "\r\n".join(["# another order", *policies, "", *reversed(head)]) + "\r\n"
    pathlib.Path("b.yml").write_bytes(text.encode("utf-8"))
    done("run", "b.yml", "-o", "b.h5", "--quiet")
    assert stored("a.h5") == stored("b.h5")


# ---- runs --------------------------------------------------------------------------------------------------------

def stored(path):
    """All variables of a result by name, as bytes."""
    with h5py.File(path, "r") as file:
        return {name: (item.shape, item[...].tobytes()) for name, item in file.items()
                if isinstance(item, h5py.Dataset) and item.dtype.kind in "iuf"}


@test
def run_writes_a_result_and_prints_a_summary():
    text = done("run", small(), "--runs", "2", "--seed", "7")
    assert len(text.splitlines()) > 3, text
    with h5py.File("small.h5", "r") as file:
        assert file["enterprises"].shape[:2] == (2, 12)
        assert (file["enterprises"][...] >= 0).all() and file["enterprises"][...].sum() > 0
        for name in ("run", "time", "region", "flows", "balances", "balances_start", "loans_outstanding", "pool_balance"):
            assert name in file, name
        for name, item in file.items():
            if isinstance(item, h5py.Dataset):
                for attribute in ("units", "long_name", "long_name_zh"):
                    assert attribute in item.attrs, f"{name} has no {attribute}"
    assert not list(pathlib.Path().glob("*.tmp")) and not list(pathlib.Path().glob("*journal*"))
    line = pathlib.Path("small.h5.sha256").read_text(encoding="utf-8")
    contains(line, digest("small.h5"))


@test
def summaries_are_machine_readable_and_quiet_is_quiet():
    process = run("run", small(), "-o", "a.h5", "--format", "json")
    assert process.returncode == 0 and json.loads(process.stdout), process.stderr
    process = run("run", small(), "-o", "b.h5", "--quiet")
    assert process.returncode == 0 and process.stderr == "", process.stderr


@test
def threads_do_not_change_a_byte():
    seen = set()
    for threads in (1, 2, 3, 4, 7):
        done("run", small(), "--runs", "2", "--threads", threads, "-o", f"{threads}.h5", "--quiet")
        seen.add(digest(f"{threads}.h5"))
    assert len(seen) == 1, f"{len(seen)} different files"


@test
def seeds_change_the_result():
    done("run", small(), "--seed", "1", "-o", "1.h5", "--quiet")
    done("run", small(), "--seed", "2", "-o", "2.h5", "--quiet")
    assert stored("1.h5")["enterprises"] != stored("2.h5")["enterprises"]


@test
def one_run_is_the_first_of_many():
    done("run", small(), "--runs", "1", "-o", "1.h5", "--quiet")
    done("run", small(), "--runs", "3", "-o", "3.h5", "--quiet")
    with h5py.File("1.h5", "r") as one, h5py.File("3.h5", "r") as three:
        assert (one["flows"][0] == three["flows"][0]).all()
        assert (three["flows"][0] != three["flows"][1]).any()


@test
def a_longer_run_begins_like_a_shorter_one():
    done("run", small(), "--months", "6", "-o", "6.h5", "--quiet")
    done("run", small(), "--months", "12", "-o", "12.h5", "--quiet")
    with h5py.File("6.h5", "r") as short, h5py.File("12.h5", "r") as long:
        assert (short["flows"][...] == long["flows"][:, :6]).all()


@test
def a_finished_file_of_the_same_run_is_left_as_it_is():
    done("run", small(), "-o", "a.h5", "--quiet")
    before = (os.stat("a.h5").st_mtime_ns, os.stat("a.h5").st_ino, digest("a.h5"))
    done("run", "small.yml", "-o", "a.h5", "--quiet")
    assert before == (os.stat("a.h5").st_mtime_ns, os.stat("a.h5").st_ino, digest("a.h5"))


@test
def a_killed_run_goes_on_and_gives_the_same_file():
    done("run", small(), "--runs", "40", "-o", "whole.h5", "--quiet")
    arguments = [BINARY, "run", "small.yml", "--runs", "40", "-o", "killed.h5", "--quiet"]
    for wait in (0.02, 0.1, 0.2):
        process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if pathlib.Path("killed.h5").exists():
            assert digest("killed.h5") == digest("whole.h5"), "a file under its final name is not whole"
    done(*arguments[1:])
    assert digest("killed.h5") == digest("whole.h5")


@test
def an_interrupt_ends_with_130_and_the_run_goes_on():
    arguments = ["run", small(), "--runs", "2000", "-o", "a.h5", "--quiet"]
    process = subprocess.Popen([BINARY, *arguments], stdin=subprocess.DEVNULL)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
    assert not pathlib.Path("a.h5").exists()


@test
def a_full_disk_is_one_line_and_no_file():
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
    process = run("run", small(), "-o", "a.h5", "--quiet", preexec_fn=limit)
    assert process.returncode == 4, process
    assert not pathlib.Path("a.h5").exists() and "a.h5" in process.stderr and len(process.stderr.splitlines()) == 1
    done("run", "small.yml", "-o", "a.h5", "--quiet")


@test
def what_is_no_result_is_not_replaced_by_one_nor_a_result_by_a_table():
    folder = pathlib.Path.cwd()
    (folder / "mine.yml").write_text(SMALL)
    (folder / "more.yml").write_text("policies: {risk_pool: {share: 0.5}}\n")
    (folder / "notes.txt").write_text("not to be lost\n")
    for command in (["run", "mine.yml", "-o", "mine.yml"],
                    ["run", "mine.yml", "-o", "notes.txt"],
                    ["sweep", "mine.yml", "--vary", "policies.risk_pool.share=0.2,0.4", "-o", "mine.yml"],
                    ["compare", "mine.yml", "more.yml", "--runs", "1", "-o", "mine.yml"]):
        assert "stands already and is no result" in done(*command, code=2), command
    done("run", "mine.yml", "--months", "2", "-o", "one.h5")
    before = (folder / "one.h5").read_bytes()
    assert "is a result, not a text" in done("export", "one.h5", "-o", "one.h5", code=2)
    assert (folder / "mine.yml").read_text() == SMALL and (folder / "one.h5").read_bytes() == before
    assert (folder / "notes.txt").read_text() == "not to be lost\n"
    done("run", "mine.yml", "--months", "3", "-o", "one.h5")  # a result takes the place of a result
    assert (folder / "one.h5").read_bytes() != before


@test
def a_result_that_cannot_be_made_is_an_input_output_error():
    contains(done("run", small(), "-o", "no/such/folder/a.h5", code=4), "no/such/folder")


@test
def readers_of_netcdf_open_a_result():
    done("run", small(), "-o", "a.h5", "--quiet")
    if shutil.which("ncdump") is None:
        raise AssertionError("ncdump (netcdf-bin) is missing")
    text = subprocess.run(["ncdump", "-h", "a.h5"], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
    contains(text, "enterprises(run, time, region", "flows(run, time, region, kind)", "long_name_zh")


@test
def money_moves_and_is_not_made():
    done("run", small(), "-o", "a.h5", "--quiet")
    with h5py.File("a.h5", "r") as file:
        assert (file["balances"][...].sum(axis=-1) == file["balances_start"][...].sum(axis=-1)[:, None]).all()


@test
def shards_put_together_are_one_process():
    if "merge" not in commands():
        return "no merge yet"
    done("run", small(), "--runs", "5", "-o", "whole.h5", "--quiet")
    for shard in (1, 2, 3):
        done("run", "small.yml", "--runs", "5", "--shard", f"{shard}/3", "-o", f"s{shard}", "--quiet")
    done("merge", "s1", "s2", "s3", "-o", "merged.h5")
    assert digest("merged.h5") == digest("whole.h5")


@test
def rerun_makes_the_same_file_again():
    if "rerun" not in commands():
        return "no rerun yet"
    done("run", small("credit: {base_rate: 0.04}\n"), "--runs", "2", "--seed", "9", "--set", "credit.hour_cost=200", "-o",
         "a.h5", "--quiet")
    os.remove("small.yml")
    done("rerun", "a.h5", "-o", "b.h5")
    assert digest("a.h5") == digest("b.h5")


@test
def audit_adds_up_and_finds_a_changed_fen():
    if "audit" not in commands():
        return "no audit yet"
    done("run", small(), "-o", "a.h5", "--quiet")
    done("audit", "a.h5")
    shutil.copy("a.h5", "b.h5")
    with h5py.File("b.h5", "r+") as file:
        cell = tuple(0 for _ in file["flows"].shape)
        file["flows"][cell] += 1
    assert run("audit", "b.h5").returncode in (1, 4)


@test
def export_is_long_csv_that_excel_reads():
    if "export" not in commands():
        return "no export yet"
    done("run", small(), "-o", "a.h5", "--quiet")
    done("export", "a.h5", "--series", "enterprises", "-o", "a.csv")
    text = pathlib.Path("a.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf"), text[:20]
    rows = list(csv.reader(text.decode("utf-8-sig").splitlines()))
    assert len(rows) >= 13 and len(rows[0]) == len(rows[1]), rows[:2]


@test
def compare_gives_paired_differences():
    if "compare" not in commands():
        return "no compare yet"
    small(name="base.yml")
    pathlib.Path("more.yml").write_text("base: base.yml\npolicies:\n  risk_pool: {share: 0.6}\n", encoding="utf-8")
    assert done("compare", "base.yml", "more.yml", "--runs", "2", "-o", "c.h5")
    assert pathlib.Path("c.h5").exists()


def main(functions):
    if not BINARY.exists():
        print(f"{BINARY} does not exist\n0 passed, 1 failed")
        return 1
    wanted = sys.argv[2] if len(sys.argv) > 2 else ""
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(LIANDONG_SCENARIOS=str(TOP / "scenarios"), LC_ALL="C.UTF-8", LANG="C.UTF-8",
                          XDG_CACHE_HOME=f"{folder}/cache")
        for function in [function for function in functions if wanted in function.__name__]:
            os.mkdir(f"{folder}/{function.__name__}")
            os.chdir(f"{folder}/{function.__name__}")
            try:
                skipped = function()
                passed += skipped is None
                if skipped:
                    print(f"not run: {function.__name__}: {skipped}")
            except Exception:  # whatever went wrong is this test's failure
                failed += 1
                print(f"FAIL {function.__name__}\n{traceback.format_exc(limit=-1)}")
        os.chdir("/")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(tests))
