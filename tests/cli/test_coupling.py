#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_coupling.py [LIANDONG] [PART OF A NAME] - `liandong coupling` as a user meets it.  Runs like test_cli.py.

Reference cases are read from $LIANDONG_REFERENCE, or ../shared/reference beside the tree; without them those tests say so.
"""
import csv
import json
import math
import os
import pathlib
import random
import resource
import sys

import h5py

from test_cli import TOP, contains, done, main, run

REFERENCE = pathlib.Path(os.environ.get("LIANDONG_REFERENCE", TOP.parent / "shared" / "reference")) / "ccd"
PANEL = """\
地区,年份,研发,专利,贷款,创投
甲,2011,1.5,10,30,2
甲,2012,2.5,14,33,3
乙,2011,4.0,8,41,9
乙,2012,5.5,22,60,4
丙,2011,0.5,3,20,1
丙,2012,1.0,9,25,6
"""
SPEC = """\
subsystems:
  创新: {weight: 0.5, indicators: {研发: "+", 专利: "+"}}
  金融: {weight: 0.5, indicators: {贷款: "+", 创投: "+"}}
"""
INDICES = """\
subsystems:
  a: {weight: 0.5, index: U1}
  b: {weight: 0.5, index: U2}
"""
tests = []


def test(function):
    tests.append(function)
    return function


def write(name, text):
    pathlib.Path(name).write_text(text, encoding="utf-8")
    return name


def rows(text):
    """The rows of a CSV without its comments."""
    lines = [line for line in text.removeprefix("\ufeff").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def table(panel, spec, *arguments):
    return rows(done("coupling", panel, "--spec", spec, "--format", "csv", "--quiet", *arguments))


def refused(panel, spec, *arguments):
    """The lines of what is wrong; exit code 2."""
    return done("coupling", panel, "--spec", spec, *arguments, code=2).splitlines()


def case(name):
    folder = REFERENCE / name
    return folder if folder.is_dir() else None


def expected(folder):
    with open(folder / "expected.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def printed(text, value):
    """Whether a number rounds to the text; what lies at the middle may go either way."""
    decimals = len(text.partition(".")[2])
    return abs(float(text) - value) <= 0.5 * 10.0 ** -decimals * (1 + 1e-9) + 1e-12


# ---- reference cases ---------------------------------------------------------------------------------------------

@test
def published_table_of_urban_and_rural_logistics_is_met_within_rounding():
    folder = case("hindawi-urban-rural-logistics")
    if folder is None:
        return "no reference cases here"
    write("s.yaml", "subsystems:\n  u: {weight: 0.5, index: Uu}\n  r: {weight: 0.5, index: Ur}\n")
    for mine, theirs in zip(table(folder / "input.csv", "s.yaml"), expected(folder), strict=True):
        for name, room in (("C", 0.0013), ("T", 0.0011), ("D", 0.0011)):
            assert mine["year"] == theirs["year"] and abs(float(mine[name]) - float(theirs[name])) < room, (mine, theirs)


@test
def min_max_of_the_teaching_page_is_met_to_the_printed_digit():
    folder = case("huaxuejia-minmax")
    if folder is None:
        return "no reference cases here"
    header = (folder / "input.csv").read_text(encoding="utf-8-sig").splitlines()[0].split(",")[1:]
    signs = [f'"{name}": "{name[0]}"' for name in header]
    write("s.yaml", f"subsystems:\n  a: {{indicators: {{{', '.join(signs[:9])}}}}}\n"
                    f"  b: {{indicators: {{{', '.join(signs[9:])}}}}}\n")
    mine = {row["unit"]: row for row in table(folder / "input.csv", "s.yaml", "--table", "normal")}
    n = 0
    for theirs in expected(folder):
        for name in header:
            n += 1
            text = theirs[name[1:]]
            assert printed(text + ("" if "." in text else ".000"), float(mine[theirs["city"]][name])), (name, theirs)
    assert n == 57


@test
def entropy_and_critic_weights_of_the_small_example_are_met_to_the_printed_digit():
    folder = case("mathmodels-mini-weights")
    if folder is None:
        return "no reference cases here"
    text = (folder / "input.csv").read_text(encoding="utf-8-sig")
    write("p.csv", "\n".join(line + ("," + extra) for line, extra in
                             zip(text.splitlines(), ("other", "1", "4", "2", "3"))) + "\n")
    base = "subsystems:\n  a: {indicators: {x1_pos: \"+\", x2_neg: \"-\"}}\n  b: {indicators: {other: \"+\"}}\n"
    theirs = {(row["quantity"], row["index"]): row["value"] for row in expected(folder)}
    for method, extra in (("entropy", "normalise: {range: [0.002, 0.998]}\n"), ("critic", "")):
        write("s.yaml", base + f"weights: {method}\n" + extra)
        for k, row in enumerate(table("p.csv", "s.yaml", "--table", "weights")[:2], 1):
            assert printed(theirs[f"{method}_w", str(k)], float(row["weight"])), row
        for k, row in enumerate(table("p.csv", "s.yaml"), 1):
            assert printed(theirs[f"{method}_s", str(k)], 100 * float(row["U_a"])), row


@test
def four_kinds_of_indicator_of_the_water_case_are_met_to_the_printed_digit():
    folder = case("mathmodels-water-quality")
    if folder is None:
        return "no reference cases here"
    lines = (folder / "input.csv").read_text(encoding="utf-8-sig").splitlines()
    write("p.csv", "\n".join(f"{line},{'other' if k == 0 else k}" for k, line in enumerate(lines)) + "\n")
    write("s.yaml", """\
subsystems:
  water: {indicators: {O2: "+", PH: {centre: 7}, germ: "-", nutrient: {interval: [10, 20]}}}
  other: {indicators: {other: "+"}}
normalise: {range: [0.002, 0.998], zeros: clamp}
""")
    weight = {row["indicator"]: float(row["weight"]) for row in table("p.csv", "s.yaml", "--table", "weights")}
    score = {row["unit"]: 100 * float(row["U_water"]) for row in table("p.csv", "s.yaml")}
    n = 0
    for row in expected(folder):
        n += 1
        assert printed(row["value"], weight[row["item"]] if row["quantity"] == "weight" else score[row["item"]]), row
    assert n == 24


@test
def three_subsystems_by_both_formulas_and_plain_obstacles_are_met_to_three_digits():
    folder = case("r-mathmodels-3sys")
    if folder is None:
        return "no reference cases here"

    def three(text, value):
        return f"{float(text):.3g}" == f"{value:.3g}" or math.isclose(float(text), value, rel_tol=5.01e-3 / float(text[:4]) or 1)
    n = 0
    for name, formula, shares in (("std_eq", "standard", (1, 1, 1)), ("wang_w433", "wang2021", (0.4, 0.3, 0.3))):
        spec = "".join(f"  s{k}: {{weight: {w / sum(shares)}, index: s{k}}}\n" for k, w in enumerate(shares, 1))
        write("s.yaml", f"subsystems:\n{spec}coupling: {formula}\nobstacles: plain\n")
        obstacles = table(folder / "input.csv", "s.yaml", "--table", "obstacles")
        for mine, obstacle, theirs in zip(table(folder / "input.csv", "s.yaml"), obstacles, expected(folder), strict=True):
            for column in "CTD":
                n += 1
                assert f"{float(mine[column]):.3g}" == f"{float(theirs[f'{name}_{column}']):.3g}", (mine, theirs)
            for k in (1, 2, 3):
                n += 1
                mine_k, theirs_k = float(obstacle[f"s{k}"]), float(theirs[f"obst_{name.split('_')[1]}_s{k}"])
                assert f"{mine_k:.3g}" == f"{theirs_k:.3g}", (obstacle, theirs)
    assert n == 72


@test
def theil_and_its_parts_are_met_to_the_printed_digit():
    folder = case("mathmodels-theil")
    if folder is None:
        return "no reference cases here"
    # two indices of y / 16 each: C = 1, D = sqrt(T); so an index of (y / 16)^2 gives D = y / 16, and Theil has no scale
    with open(folder / "input.csv", encoding="utf-8-sig") as file:
        data = [(row["group"], float(row["y"]) / 16) for row in csv.DictReader(file)]
    write("p.csv", "unit,year,g,U1,U2\n" + "".join(f"u{k},1,{g},{y * y!r},{y * y!r}\n" for k, (g, y) in enumerate(data)))
    write("s.yaml", INDICES + "groups: g\nfollow_ups: [inequality]\n")
    row = table("p.csv", "s.yaml", "--table", "inequality")[0]
    theirs = {line["quantity"]: line["value"] for line in expected(folder)}
    for quantity, column in (("T", "theil"), ("T_within", "theil_within"), ("T_between", "theil_between")):
        assert printed(theirs[quantity], float(row[column])), (quantity, row)


# ---- what goes in ------------------------------------------------------------------------------------------------

@test
def chinese_names_and_a_byte_order_mark_and_crlf_and_tabs_make_no_difference():
    write("规格.yaml", SPEC)
    write("面板.csv", PANEL)
    first = done("coupling", "面板.csv", "--spec", "规格.yaml", "--format", "csv", "--quiet")
    assert len(rows(first)) == 6 and rows(first)[0]["unit"] == "甲" and "U_创新" in rows(first)[0]
    for n, text in enumerate(["\ufeff" + PANEL, PANEL.replace("\n", "\r\n"), PANEL.replace("\n", "\r"),
                              PANEL.replace(",", "\t"), PANEL.replace(",", ";"), PANEL.replace(",", " , "),
                              PANEL.replace("甲", '"甲"').replace("1.5", '"1.5"'), PANEL.replace("\n", ",,\n") + ",,,,,\n\n",
                              "# a comment\n" + PANEL, PANEL.rstrip("\n"), PANEL.replace("2011", "2011年"),
                              PANEL.replace("甲", "\u3000甲\u3000")]):  # a full-width blank
        pathlib.Path(f"面板{n}.csv").write_bytes(text.encode("utf-8"))
        again = done("coupling", f"面板{n}.csv", "--spec", "规格.yaml", "--format", "csv", "--quiet")
        assert rows(again) == rows(first), text


@test
def a_printed_minus_is_a_minus_and_other_writings_of_numbers_are_named():
    write("s.yaml", SPEC)
    write("p.csv", PANEL.replace("1.5", "-1.5"))
    write("q.csv", PANEL.replace("1.5", "\u22121.5"))
    assert table("p.csv", "s.yaml") == table("q.csv", "s.yaml")
    for text in ('"1,234"', "12%", "１２", "0x10", "1.2.3", "1e400", "12*"):
        write("q.csv", PANEL.replace("5.5", text))
        assert refused("q.csv", "s.yaml") == [f"q.csv:5:8: error: column '研发': '{text.strip(chr(34))}' is not a number"]


@test
def units_and_years_are_found_by_their_names_wherever_they_stand():
    write("s.yaml", SPEC)
    write("p.csv", PANEL)
    first = [row["D"] for row in table("p.csv", "s.yaml")]
    data = [line.split(",") for line in PANEL.splitlines()]
    orders = {"code,city,year": lambda k, r: [str(k), r[0], r[1], *r[2:]], "Year,Province": lambda k, r: [r[1], r[0], *r[2:]],
              "x,y": lambda k, r: [*r], "id,period,year": lambda k, r: [r[0], "3", r[1], *r[2:]],
              "place,year,GDP": lambda k, r: [r[0], r[1], "a", *r[2:]]}
    for head, order in orders.items():
        body = [",".join(order(k, row)) for k, row in enumerate(data[1:])]
        write("q.csv", "\n".join([head + "," + ",".join(data[0][2:]), *body]) + "\n")
        got = table("q.csv", "s.yaml")
        assert [row["D"] for row in got] == first and got[2]["unit"] == "乙" and got[2]["year"] == "2011", head
    write("q.csv", "\n".join(",".join(row[1:]) for row in data if row[0] in ("地区", "甲")) + "\n")
    assert [row["year"] for row in table("q.csv", "s.yaml")] == ["2011", "2012"]
    write("q.csv", "\n".join(",".join([row[0], *row[2:]]) for row in data if row[1] in ("年份", "2011")) + "\n")
    assert [row["unit"] for row in table("q.csv", "s.yaml")] == ["甲", "乙", "丙"]
    write("s.yaml", SPEC + "unit: who\nyear: when\n")
    write("q.csv", PANEL.replace("地区,年份", "when,who").replace("\n甲,2011", "\n2011,甲"))
    contains("\n".join(refused("q.csv", "s.yaml")), "column 'when': '甲' is not a year")


@test
def gbk_and_utf16_are_named_for_what_they_are():
    write("s.yaml", SPEC)
    pathlib.Path("g.csv").write_bytes(PANEL.encode("gbk"))
    contains(refused("g.csv", "s.yaml")[0], "g.csv:1:1: error: ", "GBK/GB18030", "UTF-8")
    contains(done("coupling", "g.csv", "--spec", "s.yaml", "--lang", "zh", code=2), "请另存为 UTF-8")
    pathlib.Path("u.csv").write_bytes(PANEL.encode("utf-16"))
    contains(refused("u.csv", "s.yaml")[0], "UTF-16")
    write("p.csv", PANEL)
    pathlib.Path("g.yaml").write_bytes(SPEC.encode("gbk"))
    contains(refused("p.csv", "g.yaml")[0], "g.yaml:2:3: error: ", "GBK")


@test
def all_errors_of_a_panel_come_at_once_with_line_and_column():
    write("s.yaml", SPEC)
    write("p.csv", "地区,年份,研发,专利,贷款,创投\n"
                   "甲,2011,1.5,,30,2\n"
                   "甲,2012,2.5,约14,33,3\n"
                   "乙,2011,4.0,8,41,9\n"
                   "乙,2011,4.0,8,41,9\n"
                   "丙,去年,0.5,3,20,1\n"
                   ",2012,1.0,9,25,inf\n")
    text = "\n".join(refused("p.csv", "s.yaml"))
    contains(text, "p.csv:2:12: error: column '专利' is empty here",
             "p.csv:3:12: error: column '专利': '约14' is not a number",
             "p.csv:6:3: error: column '年份': '去年' is not a year",
             "p.csv:7:1: error: the name of the unit is empty",
             "p.csv:7:16: error: column '创投': 'inf' is not a number")


@test
def a_unit_and_year_that_stands_twice_is_an_error():
    write("s.yaml", SPEC)
    write("p.csv", PANEL + "乙,2011,4.0,8,41,9\n")
    assert refused("p.csv", "s.yaml") == ["p.csv:8:1: error: '乙' in 2011 stands twice; it stands in line 4, too"]


@test
def constant_columns_are_told_with_all_other_errors():
    write("s.yaml", SPEC)
    write("p.csv", "地区,年份,研发,专利,贷款,创投\n甲,2011,1,2,7,1\n甲,2012,2,3,7,x\n乙,2011,3,4,7,2\n")
    assert refused("p.csv", "s.yaml") == ["p.csv:3:14: error: column '创投': 'x' is not a number",
                                          "p.csv:4:1: error: '乙' has 1 of 2 years; missing: 2012",
                                          "p.csv:1:13: error: '贷款' does not vary; `constant: drop` would leave it out"]


@test
def unbalanced_panels_name_the_unit_and_its_missing_years():
    write("s.yaml", SPEC)
    write("p.csv", PANEL.replace("乙,2012,5.5,22,60,4\n", ""))
    assert refused("p.csv", "s.yaml") == ["p.csv:4:1: error: '乙' has 1 of 2 years; missing: 2012"]
    write("d.yaml", SPEC + "missing: drop\n")
    assert len(table("p.csv", "d.yaml")) == 5


@test
def lines_of_the_wrong_width_and_columns_of_the_same_name_are_errors():
    write("s.yaml", SPEC)
    write("p.csv", PANEL.replace("甲,2012,2.5,14,33,3", "甲,2012,2.5,14,33").replace("丙,2012", "丙,丙,2012"))
    assert refused("p.csv", "s.yaml") == ["p.csv:3:1: error: 5 cells here, 6 in the header",
                                          "p.csv:7:1: error: 7 cells here, 6 in the header"]
    write("p.csv", PANEL.replace("专利", "研发"))
    assert refused("p.csv", "s.yaml") == ["p.csv:1:10: error: two columns are called '研发'; the first is column 3"]
    write("p.csv", PANEL.replace('甲,2011', '"甲,2011'))
    assert refused("p.csv", "s.yaml") == ["p.csv:2:1: error: the quote that begins here has no end"]
    write("p.csv", "")
    assert refused("p.csv", "s.yaml") == ["p.csv:1:1: error: the table is empty"]
    write("p.csv", PANEL.splitlines()[0] + "\n")
    assert refused("p.csv", "s.yaml") == ["p.csv:1:1: error: no rows follow the header"]


@test
def constant_columns_are_named_or_dropped_as_asked():
    lines = PANEL.splitlines()
    write("p.csv", "\n".join([lines[0]] + [",".join(line.split(",")[:4] + ["7", line.split(",")[5]]) for line in lines[1:]]))
    write("s.yaml", SPEC)
    assert refused("p.csv", "s.yaml") == ["p.csv:1:13: error: '贷款' does not vary; `constant: drop` would leave it out"]
    write("s.yaml", SPEC + "constant: drop\n")
    process = run("coupling", "p.csv", "--spec", "s.yaml", "--table", "weights", "--format", "csv")
    assert process.returncode == 0, process.stderr
    contains(process.stderr, "p.csv:1:13: warning: '贷款' does not vary; it is left out")
    assert {row["indicator"]: float(row["weight"]) for row in rows(process.stdout)}["贷款"] == 0
    write("s.yaml", SPEC + "normalise: {scope: unit}\n")
    write("p.csv", PANEL.replace("甲,2012,2.5", "甲,2012,1.5"))
    assert refused("p.csv", "s.yaml") == ["p.csv:1:7: error: '研发' does not vary: 甲; `constant: drop` would leave it out"]


@test
def missing_values_are_interpolated_within_their_unit_and_never_beyond():
    panel = "unit,year,x,y\n" + "".join(f"{u},{2010 + t},{x},{3 - t + k}\n" for k, u in enumerate("ab")
                                        for t, x in enumerate((0, 1, 4)))
    write("s.yaml", "subsystems:\n  p: {indicators: {x: \"+\"}}\n  q: {indicators: {y: \"+\"}}\nmissing: interpolate\n")
    write("p.csv", panel.replace("a,2011,1,", "a,2011,NA,").replace("b,2011,1,3\n", ""))
    got = {(row["unit"], row["year"]): row for row in table("p.csv", "s.yaml", "--table", "normal")}
    assert float(got["a", "2011"]["x"]) == 0.5 and float(got["b", "2011"]["x"]) == 0.5 and len(got) == 6
    write("p.csv", panel.replace("a,2012,4,", "a,2012,,"))
    contains(refused("p.csv", "s.yaml")[0], "'a'", "'x'", "nothing is extrapolated")


@test
def errors_of_a_specification_have_their_place_and_the_nearest_name():
    write("p.csv", PANEL)
    write("s.yaml", """\
subsystems:
  创新: {weight: 0.5, indicators: {研发: "*", 专利: {sign: "+", bound: [0, 1]}}}
  金融: {weight: x, indicatos: {贷款: "+"}}
normalise: {scope: poled, range: [1, 0], zeros: {clamp: 0.1}}
weights: entropi
coupling: lost_coefficient
classes: {cuts: [0.4, 0.3], names: [a, b]}
missing: maybe
colour: red
""")
    text = "\n".join(refused("p.csv", "s.yaml"))
    contains(text, "s.yaml:2:34: error: 研发: '*' is no direction",
             "unknown key 'bound'; did you mean 'bounds'?",
             "s.yaml:3:8: error: weight: 'x' is not a number",
             "unknown key 'indicatos'; did you mean 'indicators'?",
             "s.yaml:4:13: error: scope: there is no 'poled'; did you mean 'pooled'?",
             "range: the first number must be below the second",
             "zeros: 'clamp' takes no amount",
             "s.yaml:5:1: error: weights: there is no 'entropi'; did you mean 'entropy'?",
             "s.yaml:6:1: error: coupling: 'lost_coefficient' is a known mistake", "--diagnose",
             "cuts must rise from above 0 to below 1",
             "2 cuts make 3 classes, not 2",
             "missing: 'maybe' is not one of: error, drop, interpolate",
             "s.yaml:9:1: error: unknown key 'colour'")
    write("s.yaml", SPEC.replace("专利", "专利数"))
    assert refused("p.csv", "s.yaml") == ["s.yaml:2:43: error: p.csv has no column '专利数'; did you mean '专利'?"]
    write("s.yaml", "subsystems:\n  a: {indicators: {研发: \"+\"}}\n")
    assert refused("p.csv", "s.yaml") == ["s.yaml:1:1: error: two subsystems at least are needed"]
    write("s.yaml", "- 1\n")
    contains(refused("p.csv", "s.yaml")[0], "s.yaml:1:1: error: a specification is a map")


@test
def errors_of_specification_and_panel_come_together():
    write("s.yaml", SPEC + "weights: entropi\n")
    write("p.csv", PANEL + "丁,2011\n")
    text = "\n".join(refused("p.csv", "s.yaml"))
    contains(text, "s.yaml:4:1: error: ", "p.csv:8:1: error: 2 cells here, 6 in the header")


@test
def files_that_are_not_there_are_usage_errors_and_unreadable_ones_are_not():
    write("s.yaml", SPEC)
    write("p.csv", PANEL)
    contains(refused("q.csv", "s.yaml")[0], "there is no file 'q.csv'")
    contains(refused("p.csv", "t.yaml")[0], "there is no file 't.yaml'")
    os.mkdir("folder.csv")
    contains(done("coupling", "folder.csv", "--spec", "s.yaml", code=4), "folder.csv")
    contains(done("coupling", "p.csv", code=2), "--spec")
    contains(done("coupling", "--spec", "s.yaml", code=2), "PANEL.csv")
    done("coupling", "p.csv", "--spec", "s.yaml", "--digits", "x", code=2)
    contains(done("coupling", "p.csv", "--spec", "s.yaml", "--table", "weight", code=2), "did you mean 'weights'")
    contains(done("coupling", "p.csv", "--spec", "s.yaml", "-o", "p.csv", code=2), "it is left as it is")
    assert pathlib.Path("p.csv").read_text(encoding="utf-8") == PANEL
    assert run("coupling", "p.csv", "--spec", "s.yaml", "-o", "/no/where.csv").returncode == 4


@test
def a_workbook_is_named_for_what_it_is():
    write("s.yaml", SPEC)
    for start in (b"PK\x03\x04\x14", b"\xd0\xcf\x11\xe0\xa1"):
        pathlib.Path("p.csv").write_bytes(start + bytes(range(256)))
        contains(refused("p.csv", "s.yaml")[0], "p.csv:1:1: error: ", "save the sheet as CSV")


@test
def weights_may_be_written_as_fractions():
    write("p.csv", PANEL)
    write("s.yaml", SPEC.replace("0.5, indicators: {研发", "1/3, indicators: {研发").replace("0.5, indicators: {贷款", "2/3, indicators: {贷款"))
    row = table("p.csv", "s.yaml")[1]
    assert math.isclose(float(row["T"]), float(row["U_创新"]) / 3 + float(row["U_金融"]) * 2 / 3, rel_tol=1e-14)
    write("s.yaml", SPEC.replace("0.5", "1/"))
    assert len(refused("p.csv", "s.yaml")) == 2


@test
def what_was_written_can_be_read_again():
    write("p.csv", PANEL)
    write("s.yaml", SPEC)
    done("coupling", "p.csv", "--spec", "s.yaml", "-o", "out.csv", "--quiet")
    write("again.yaml", "subsystems:\n  创新: {weight: 0.5, index: U_创新}\n  金融: {weight: 0.5, index: U_金融}\n")
    first, again = rows(pathlib.Path("out.csv").read_text(encoding="utf-8")), table("out.csv", "again.yaml")
    assert [row["D"] for row in first] == [row["D"] for row in again]
    assert table("out.csv", "again.yaml", "--diagnose", "D")[0]["verdict"] == "right"


@test
def an_index_outside_0_and_1_is_an_error():
    write("p.csv", "unit,year,U1,U2\na,1,0.5,61.2\nb,1,0.5,0.3\n")
    write("s.yaml", INDICES)
    assert refused("p.csv", "s.yaml") == ["p.csv:2:9: error: index 'U2': 61.2 is outside [0, 1]"]


# ---- what comes out ----------------------------------------------------------------------------------------------

@test
def the_csv_is_tidy_and_its_header_names_the_formulas():
    write("s.yaml", SPEC)
    write("p.csv", PANEL)
    done("coupling", "p.csv", "--spec", "s.yaml", "-o", "out.csv", "--quiet")
    text = pathlib.Path("out.csv").read_text(encoding="utf-8")
    lines = text.removeprefix("\ufeff").splitlines()
    head = [line for line in lines if line.startswith("# ")]
    contains("\n".join(head), "C = n (U1 ... Un)^(1/n) / (U1 + ... + Un)", "D = sqrt(C T)", "(x - min) / (max - min)",
             "entropy", "[a, b)", "创新 0.5")
    assert lines[len(head)] == "unit,year,U_创新,U_金融,C,T,D,class_zh,class_en,leader"
    assert len(lines) == len(head) + 7
    for row in rows(text):
        u, v = float(row["U_创新"]), float(row["U_金融"])
        c = 2 * math.sqrt(u * v) / (u + v) if u + v > 0 else 0.0
        assert math.isclose(float(row["C"]), c, abs_tol=1e-14), row
        assert math.isclose(float(row["D"]), math.sqrt(c * (u + v) / 2), abs_tol=1e-14), row
        assert row["leader"] == ("创新" if u > v else "金融" if v > u else "none"), row
    for beside in ("weights", "normal", "obstacles", "development"):
        contains(pathlib.Path(f"out.{beside}.csv").read_text(encoding="utf-8"), "C = n (U1 ... Un)^(1/n)")


@test
def pooled_entropy_weights_are_those_of_the_formula():
    write("s.yaml", SPEC)
    write("p.csv", PANEL)
    data = rows(PANEL)

    def weights(names):
        d = []
        for name in names:
            x = [float(row[name]) for row in data]
            z = [(value - min(x)) / (max(x) - min(x)) for value in x]
            p = [value / sum(z) for value in z]
            d.append(1 + sum(value * math.log(value) for value in p if value > 0) / math.log(len(p)))
        return {name: value / sum(d) for name, value in zip(names, d)}
    wanted = {**weights(["研发", "专利"]), **weights(["贷款", "创投"])}
    for row in table("p.csv", "s.yaml", "--table", "weights"):
        assert math.isclose(float(row["weight"]), wanted[row["indicator"]], rel_tol=1e-12), row
        assert math.isclose(float(row["total_weight"]), wanted[row["indicator"]] / 2, rel_tol=1e-12), row


@test
def every_choice_of_every_list_works():
    write("p.csv", PANEL.replace("丙,2012,1.0,9,25,6\n", "丙,2012,1.0,9,25,6\n丁,2011,3,2,26,5\n丁,2012,2,17,35,8\n"))
    lines = json.loads(done("coupling", "--methods", "--format", "json"))
    assert len(lines) > 50 and all(line["name"] and line["meaning"] for line in lines)
    tried = 0
    for line in lines:
        text, name = SPEC, line["name"]
        if line["verdict"] or line["key"].split(":")[0] in ("indicator", "T", "D", "classes", "follow_ups"):
            continue
        if name == "fixed":
            text = text.replace('"+"', '{sign: "+", bounds: [0, 100]}')
        if line["key"] == "weights" and name == "given":
            text = text.replace('"+"', '{sign: "+", weight: 0.5}')
        key, _, inner = line["key"].partition(".")
        write("s.yaml", text + (f"{key}: {{{inner}: {name}}}\n" if inner else f"{key}: {name}\n"))
        for row in table("p.csv", "s.yaml"):
            assert 0 <= float(row["D"]) <= 1.001, (line, row)
        tried += 1
    assert tried >= 25, tried


# ---- a second implementation, as plain as can be ----------------------------------------------------------------

KINDS = {"a": ("+",), "b": ("-",), "c": ("centre", 5.0), "d": ("+",), "e": ("interval", 3.0, 6.0), "f": ("-",)}
PARTS = {"p": "abc", "q": "def"}


def spread(kind, x):
    """x' of one column within its bounds, before the range."""
    low, high = min(x), max(x)
    if kind[0] == "+":
        return [(v - low) / (high - low) for v in x]
    if kind[0] == "-":
        return [(high - v) / (high - low) for v in x]
    if kind[0] == "centre":
        most = max(abs(v - kind[1]) for v in x)
        return [1 - abs(v - kind[1]) / most for v in x]
    most = max(kind[1] - low, high - kind[2])
    return [1 - max(kind[1] - v, v - kind[2], 0) / most for v in x]


def zero_rule(rule, whole, z, low, high):
    if rule == "ends" or (rule == "clamp" and whole):
        return low if z <= 0 else high if z >= 1 else z
    z = low + (high - low) * z
    return z + 0.001 if rule == "shift" else 1e-6 if rule == "replace" and z <= 0 else z


def entropy(x, floor):
    p = [v / sum(x) or floor for v in x]
    return 1 + sum(v * math.log(v) for v in p if v > 0) / math.log(len(x))


def deviation(x):
    mean = sum(x) / len(x)
    return math.sqrt(sum((v - mean) ** 2 for v in x) / (len(x) - 1))


def correlation(x, y):
    a, b = sum(x) / len(x), sum(y) / len(y)
    return sum((v - a) * (w - b) for v, w in zip(x, y)) / ((len(x) - 1) * deviation(x) * deviation(y))


def weighed(method, columns, floor):
    if method == "entropy+critic":
        first, second = weighed("entropy", columns, floor), weighed("critic", columns, floor)
        return {name: (first[name] + second[name]) / 2 for name in columns}
    raw = {}
    for name, x in columns.items():
        if method == "entropy":
            raw[name] = entropy(x, floor)
        elif method == "critic":
            raw[name] = deviation(x) * sum(1 - correlation(x, y) for y in columns.values())
        else:
            raw[name] = deviation(x) / (sum(x) / len(x)) if method == "cv" else 1.0
    return {name: value / sum(raw.values()) for name, value in raw.items()}


def coupled(formula, u, v):
    if max(u, v) <= 0:
        return 0.0
    standard = 2 * math.sqrt(u * v) / (u + v)
    return {"standard": standard, "wang2021": math.sqrt((1 - abs(u - v)) * min(u, v) / max(u, v)),
            "fan2024": 1 - abs(u - v), "liao1999": standard ** 4}[formula]


def degrees(data, scope, rule, low, high, method, per_year, over_all, shares, formula):
    years = [row["year"] for row in data]
    key = {"pooled": [0] * len(data), "year": years, "unit": [row["unit"] for row in data]}[scope]
    z = {name: [0.0] * len(data) for name in KINDS}
    for name, kind in KINDS.items():
        for group in set(key):
            at = [k for k in range(len(data)) if key[k] == group]
            for k, value in zip(at, spread(kind, [float(data[k][name]) for k in at])):
                z[name][k] = zero_rule(rule, len(kind) > 1, value, low, high)
    u, share = {}, {}
    floor = 2.0 ** -52 if rule == "epsilon" else 0.0
    for group in sorted(set(years)) if per_year else [None]:
        at = [k for k in range(len(data)) if group is None or years[k] == group]
        whole = weighed(method, {name: [z[name][k] for k in at] for name in KINDS}, floor)
        sums = {part: sum(whole[name] for name in names) for part, names in PARTS.items()}
        for part, names in PARTS.items():
            w = weighed(method, {name: [z[name][k] for k in at] for name in names}, floor)
            w = {name: whole[name] / sums[part] for name in names} if over_all else w
            for k in at:
                u[part, k] = sum(w[name] * z[name][k] for name in names)
        for k in at:
            share[k] = {"equal": (0.5, 0.5), "given": (0.3, 0.7), "summed": (sums["p"], sums["q"])}.get(shares)
        if shares == "entropy":
            ends = rule in ("clamp", "ends")
            move = {part: [zero_rule("ends", True, u[part, k], low, high) if ends else
                           u[part, k] + 0.001 if rule == "shift" else u[part, k] for k in at] for part in PARTS}
            found = weighed("entropy", move, floor)
            share.update({k: (found["p"], found["q"]) for k in at})
    result = []
    for k in range(len(data)):
        a, b = u["p", k], u["q", k]
        result.append(math.sqrt(coupled(formula, a, b) * (share[k][0] * a + share[k][1] * b)))
    return result


@test
def a_second_implementation_gives_the_same_degrees():
    random.seed(23)
    lines = ["unit,year," + ",".join(KINDS)]
    for unit in range(9):
        lines += [f"u{unit},{2010 + t}," + ",".join(f"{random.uniform(0, 10):.3f}" for _ in KINDS) for t in range(5)]
    write("p.csv", "\n".join(lines) + "\n")
    data = rows("\n".join(lines))
    text = {"+": '"+"', "-": '"-"'}
    parts = "".join(f"  {part}: {{weight: {w}, indicators: {{" + ", ".join(
        f"{name}: {text.get(KINDS[name][0]) or '{centre: 5}' if len(KINDS[name]) < 3 else '{interval: [3, 6]}'}"
        for name in names) + "}}\n" for (part, names), w in zip(PARTS.items(), (0.3, 0.7)))
    for _ in range(120):
        scope, rule = random.choice(["pooled", "year", "unit"]), random.choice(["exact", "epsilon", "shift", "replace", "clamp", "ends"])
        low, high = random.choice([(0.0, 1.0), (0.002, 0.998), (0.01, 0.99)])
        method = random.choice(["entropy", "critic", "entropy+critic", "cv", "equal"])
        per_year, over_all = random.random() < 0.5, random.random() < 0.5
        shares = random.choice(["given", "equal", "entropy", "summed"])
        formula = random.choice(["standard", "wang2021", "fan2024", "liao1999"])
        write("s.yaml", f"subsystems:\n{parts}normalise: {{scope: {scope}, zeros: {rule}, range: [{low}, {high}]}}\n"
                        f"weights: {{method: {method}, per_year: {str(per_year).lower()}, over_all: {str(over_all).lower()}}}\n"
                        f"subsystem_weights: {shares}\ncoupling: {formula}\n")
        wanted = degrees(data, scope, rule, low, high, method, per_year, over_all, shares, formula)
        for mine, value in zip(table("p.csv", "s.yaml"), wanted, strict=True):
            assert math.isclose(float(mine["D"]), value, rel_tol=1e-9, abs_tol=1e-7), \
                (mine, value, pathlib.Path("s.yaml").read_text(encoding="utf-8"))


@test
def the_same_table_comes_as_text_json_latex_html_and_markdown():
    write("s.yaml", SPEC)
    write("p.csv", PANEL)
    data = json.loads(done("coupling", "p.csv", "--spec", "s.yaml", "--format", "json", "--quiet"))
    assert len(data) == 6 and isinstance(data[0]["D"], (int, float)) and data[0]["unit"] == "甲"
    contains(done("coupling", "p.csv", "--spec", "s.yaml", "--digits", "2", "--format", "latex"), "\\toprule", "\\midrule",
             "\\bottomrule", "% C, standard")
    contains(done("coupling", "p.csv", "--spec", "s.yaml", "--format", "html"), "border-top", "border-bottom", "<caption>",
             "D = sqrt(C T)")
    contains(done("coupling", "p.csv", "--spec", "s.yaml", "--format", "md"), "| ---")
    contains(done("coupling", "p.csv", "--spec", "s.yaml", "--lang", "zh"), "耦合协调度", "领先系统")
    for ending, mark in (("tex", "\\toprule"), ("html", "<table>"), ("json", "["), ("md", "| ---")):
        done("coupling", "p.csv", "--spec", "s.yaml", "-o", f"out.{ending}", "--quiet")
        contains(pathlib.Path(f"out.{ending}").read_text(encoding="utf-8"), mark)
        assert pathlib.Path(f"out.weights.{ending}").exists()


@test
def the_hdf5_file_holds_what_the_tables_hold():
    write("s.yaml", SPEC + "missing: drop\n")
    write("p.csv", PANEL.replace("丙,2012,1.0,9,25,6\n", ""))
    done("coupling", "p.csv", "--spec", "s.yaml", "-o", "out.h5", "--quiet")
    mine = {(row["unit"], int(row["year"])): row for row in table("p.csv", "s.yaml")}
    with h5py.File("out.h5", "r") as file:
        units, years = [name for name in file["unit"].asstr()[...]], list(file["year"][...])
        for (unit, year), row in mine.items():
            at = units.index(unit), years.index(year)
            assert math.isclose(file["D"][at], float(row["D"]), rel_tol=1e-15)
            names = file["class"].attrs["flag_meanings"]
            names = names.decode() if isinstance(names, bytes) else names
            assert names.split()[file["class"][at]] == row["class_zh"]
        assert math.isnan(file["D"][units.index("丙"), years.index(2012)])
        assert file["class"][units.index("丙"), years.index(2012)] == -1
        assert "C = n (U1 ... Un)^(1/n)" in str(file.attrs["formula"])
    assert pathlib.Path("out.h5.sha256").exists()


@test
def one_half_falls_in_another_class_by_the_other_rule_of_edges():
    write("p.csv", "unit,year,U1,U2\na,1,0.25,0.25\nb,1,0.5,0.3\n")
    for edges, name in (("left", "勉强协调"), ("right", "濒临失调")):
        write("s.yaml", INDICES + f"classes: {{table: ten, edges: {edges}}}\n")
        row = table("p.csv", "s.yaml")[0]
        assert row["D"] == "0.5" and row["class_zh"] == name, row


@test
def a_reference_panel_keeps_degrees_comparable_and_counts_what_lies_outside():
    write("base.csv", PANEL)
    write("base.yaml", SPEC)
    write("s.yaml", SPEC + "reference: base.csv\n")
    write("p.csv", "\n".join(PANEL.splitlines()[:3] + ["甲,2013,99,14,33,3"]) + "\n")
    before = table("base.csv", "base.yaml")
    process = run("coupling", "p.csv", "--spec", "s.yaml", "--format", "csv")
    assert process.returncode == 0, process.stderr
    for mine, theirs in zip(rows(process.stdout)[:2], before[:2], strict=True):
        assert math.isclose(float(mine["D"]), float(theirs["D"]), rel_tol=1e-14)
    contains(process.stderr, "warning: 1 values lay outside the fixed bounds")
    contains(process.stdout, "# 1 values lay outside")


@test
def published_columns_are_diagnosed():
    random.seed(7)
    lines = ["unit,year,U1,U2,right,lost,cube,square,none"]
    for k in range(30):
        u, v = random.random(), random.random()
        c, t = 2 * math.sqrt(u * v) / (u + v), (u + v) / 2
        lines.append(f"u{k},1,{u:.4f},{v:.4f},{math.sqrt(c * t):.3f},{math.sqrt(c / 2 * t):.3f},{(c * t) ** (1 / 3):.3f},"
                     f"{2 * math.sqrt(u * v / (u + v)):.3f},{random.random():.3f}")
    write("p.csv", "\n".join(lines) + "\n")
    write("s.yaml", INDICES)

    def first(column):
        return table("p.csv", "s.yaml", "--diagnose", column)[0]
    assert first("right")["verdict"] == "right" and first("right")["what"] == "D" and first("right")["coupling"] == "standard"
    assert first("lost")["verdict"] == "wrong" and first("lost")["coupling"] == "lost_coefficient"
    assert first("cube")["verdict"] == "wrong" and first("cube")["D"] == "D_cube_root"
    assert first("square")["what"] == "C" and first("square")["coupling"] == "missing_square"
    assert first("none")["fit"] == "no"
    contains(done("coupling", "p.csv", "--spec", "s.yaml", "--diagnose", "lost"), "WRONG", "the coefficient n is lost",
             "of 30 rows are in another class")
    contains(done("coupling", "p.csv", "--spec", "s.yaml", "--diagnose", "lost", "--lang", "zh"), "公式有误", "系数丢失")
    contains(refused("p.csv", "s.yaml", "--diagnose", "lots")[0], "p.csv:1:1: error: there is no column 'lots'")


@test
def weights_proportional_to_entropy_are_recognised_where_the_indicators_are_at_hand():
    data = rows(PANEL)

    def index(names):
        e, z = {}, {}
        for name in names:
            x = [float(row[name]) for row in data]
            z[name] = [(value - min(x)) / (max(x) - min(x)) for value in x]
            e[name] = -sum(v / sum(z[name]) * math.log(v / sum(z[name])) for v in z[name] if v > 0) / math.log(len(x))
        return [sum(e[name] / sum(e.values()) * z[name][k] for name in names) for k in range(len(data))]
    made = []
    for u, v in zip(index(["研发", "专利"]), index(["贷款", "创投"])):
        c = 2 * math.sqrt(u * v) / (u + v) if u + v > 0 else 0.0
        made.append(f"{math.sqrt(c * (u + v) / 2):.4f}")
    write("p.csv", "\n".join(line + "," + extra for line, extra in zip(PANEL.splitlines(), ["D_pub", *made])) + "\n")
    write("s.yaml", SPEC)
    row = table("p.csv", "s.yaml", "--diagnose", "D_pub")[0]
    assert (row["indices"], row["coupling"], row["verdict"], row["fit"]) == ("weights ~ e", "standard", "wrong", "fits"), row


# ---- follow-ups --------------------------------------------------------------------------------------------------

def world(units=16, years=6):
    """A panel of units on a lattice, with places, pairs and groups."""
    random.seed(11)
    panel, places, pairs = ["unit,year,zone,x,y"], ["unit,lon,lat,gdp"], ["a,b"]
    for k in range(units):
        places.append(f"u{k},{100 + k % 4},{30 + k // 4},{random.uniform(1, 9):.3f}")
        pairs += [f"u{k},u{k + 1}"] if k % 4 < 3 else []
        pairs += [f"u{k},u{k + 4}"] if k + 4 < units else []
        for t in range(years):
            panel.append(f"u{k},{2010 + t},z{k % 3},{1 + k % 4 + 0.2 * t + random.random():.4f},{1 + k % 4 + random.random():.4f}")
    write("p.csv", "\n".join(panel) + "\n")
    write("places.csv", "\n".join(places) + "\n")
    write("pairs.csv", "\n".join(pairs) + "\n")
    return "subsystems:\n  a: {indicators: {x: \"+\"}}\n  b: {indicators: {y: \"+\"}}\n"


@test
def every_follow_up_writes_its_table():
    spec = world()
    write("s.yaml", spec + "groups: zone\nfollow_ups: all\nforecast: {steps: 2}\n"
                           "spatial: {weights: contiguity, pairs: pairs.csv, permutations: 99}\n")
    done("coupling", "p.csv", "--spec", "s.yaml", "-o", "out.csv", "--quiet")
    data = {name: rows(pathlib.Path(f"out.{name}.csv").read_text(encoding="utf-8")) for name in
            ("spatial", "spatial_local", "inequality", "groups", "sigma", "beta", "density", "markov", "forecast",
             "forecast_checks", "trend")}
    assert len(data["spatial"]) == 6 and all(float(row["I"]) > 0.2 for row in data["spatial"]), data["spatial"]
    assert len(data["spatial_local"]) == 96 and len(data["groups"]) == 36 and len(data["density"]) == 606
    for row in data["inequality"]:
        parts = sum(float(row[name]) for name in ("dagum_within", "dagum_between", "dagum_overlap"))
        assert math.isclose(parts, float(row["gini"]), rel_tol=1e-9)
        assert math.isclose(float(row["theil_within"]) + float(row["theil_between"]), float(row["theil"]), rel_tol=1e-9)
    assert sum(int(row["count"]) for row in data["markov"] if row["neighbours"] == "all") == 80
    assert sum(int(row["count"]) for row in data["markov"] if row["neighbours"] != "all") == 80
    assert all(row["n"] == "6" for row in data["trend"]) and len(data["beta"]) == 2
    assert data["forecast"][7]["year"] == "2017" and data["forecast"][7]["D"] == "", data["forecast"][7]


@test
def header_lines_of_every_table_are_in_the_language_of_the_reader():
    write("s.yaml", world() + "groups: zone\nfollow_ups: all\nforecast: {steps: 2}\n"
                             "spatial: {weights: contiguity, pairs: pairs.csv, permutations: 9}\n")
    for name in ("degrees", "weights", "obstacles", "stages", "development", "spatial", "spatial_local", "inequality",
                 "groups", "sigma", "beta", "density", "markov", "forecast", "forecast_checks", "trend"):
        for lang, chinese in (("zh", True), ("en", False)):
            text = done("coupling", "p.csv", "--spec", "s.yaml", "--table", name, "--lang", lang)
            lines = [line for line in text.splitlines() if line.startswith("# ") and not line.startswith("# x':")]
            assert len(lines) > 4, text
            for line in lines:
                assert any("\u4e00" <= c <= "\u9fff" for c in line) == chinese, (name, line)
    for lang in ("zh", "en"):  # files that programs read are the same for every reader
        done("coupling", "p.csv", "--spec", "s.yaml", "-o", f"{lang}.csv", "--lang", lang, "--quiet")
    for path in sorted(pathlib.Path().glob("zh*.csv")):
        assert path.read_bytes() == pathlib.Path("en" + path.name[2:]).read_bytes(), path


@test
def neighbours_come_from_pairs_distances_levels_or_a_matrix():
    spec = world()
    names = [f"u{k}" for k in range(16)]
    near = {tuple(line.split(",")) for line in pathlib.Path("pairs.csv").read_text(encoding="utf-8").splitlines()[1:]}
    write("matrix.csv", ",".join(["unit"] + names) + "\n" + "".join(
        ",".join([a] + [str(int((a, b) in near or (b, a) in near)) for b in names]) + "\n" for a in names))
    found = {}
    for weights in ("contiguity, pairs: pairs.csv", "matrix, matrix: matrix.csv", "inverse_distance, places: places.csv",
                    "economic, places: places.csv, by: gdp"):
        write("s.yaml", spec + f"spatial: {{weights: {weights}}}\n")
        found[weights.split(",")[0]] = [row["I"] for row in table("p.csv", "s.yaml", "--table", "spatial")]
    assert found["contiguity"] == found["matrix"] != found["inverse_distance"] != found["economic"]
    write("pairs.csv", "a,b\nu0,u1\nu2,v3\n")
    write("s.yaml", spec + "spatial: {weights: contiguity, pairs: pairs.csv}\n")
    contains(refused("p.csv", "s.yaml", "--table", "spatial")[0], "pairs.csv:3:4: error: the panel has no unit 'v3'")
    write("places.csv", "unit,lon,lat\nu0,100,30\n")
    write("s.yaml", spec + "spatial: {weights: inverse_distance, places: places.csv}\n")
    contains(refused("p.csv", "s.yaml", "--table", "spatial")[0], "places.csv: error: 'u1' is missing")


@test
def the_examples_of_the_document_work():
    folder = TOP / "docs" / "examples" / "coupling"
    done("coupling", folder / "panel.csv", "--spec", folder / "spec.yaml", "-o", "out.csv", "--quiet")
    assert len(list(pathlib.Path().glob("out*.csv"))) == 17, sorted(pathlib.Path().glob("out*"))
    for column, what in (("C_printed", "C"), ("D_printed", "D")):
        row = table(folder / "logistics.csv", folder / "logistics.yaml", "--diagnose", column)[0]
        assert (row["what"], row["verdict"], row["fitting"]) == (what, "right", "10"), row


@test
def three_hundred_units_of_twenty_years_and_thirty_indicators_take_less_than_a_second():
    random.seed(1)
    columns = [f"x{k}" for k in range(30)]
    lines = [",".join(["unit", "year", *columns])]
    for unit in range(300):
        lines += [",".join([f"u{unit}", str(2003 + t), *(f"{random.lognormvariate(0, 1):.5f}" for _ in columns)])
                  for t in range(20)]
    write("p.csv", "\n".join(lines) + "\n")
    parts = [", ".join(f'{name}: "+"' for name in columns[k:k + 10]) for k in (0, 10, 20)]
    write("s.yaml", "subsystems:\n" + "".join(f"  s{k}: {{indicators: {{{part}}}}}\n" for k, part in enumerate(parts)))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done("coupling", "p.csv", "--spec", "s.yaml", "-o", "out.csv", "--quiet")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # of the processor, not of the clock: what else the machine does is no fault of the program
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert seconds < 1.0, f"{seconds:.2f} s"


if __name__ == "__main__":
    sys.exit(main(tests))
