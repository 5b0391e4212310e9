#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""boards-table.py - do the tables of docs/model/listing.md, and of its Chinese twin, say what is shipped?  Run from the top.

What a board asks for: a row whose first cell is a `parameter` of boards holds its default on each, in the order of the list;
"-" where nothing is asked for.  Issues by year: a row of a year holds those of each board that is named above it;
over twelve they are the capacity of scenarios/places/guangzhou.yml, which may be dated within the year (over its months).
"""
import pathlib
import re
import sys

UNITS = {"亿": 1e8, "万": 1e4, "bn": 1e9, "m": 1e6}
NOTHING = (0.0, 1e6, 1e13)  # asks for nothing; takes any number; a set of criteria that nobody meets
PAGES = ["docs/model/listing.md", "docs/model/listing.zh.md"]


def number(text):
    """1.5 亿, 30 m, 1e13, 2021-11 (as a year and its part), true."""
    text = text.strip().replace("~", "").replace(",", "")
    if re.fullmatch(r"\d{4}-\d\d", text):
        return int(text[:4]) + (int(text[5:]) - 1) / 12
    match = re.fullmatch(r"(\d+(?:\.\d+)?(?:e\d+)?) ?(亿元?|万元?|bn|m|%)?", text)
    if match is None:
        return {"true": 1.0, "yes": 1.0, "是": 1.0}.get(text)
    unit = (match[2] or "").replace("元", "")
    return float(match[1]) * UNITS.get(unit, 0.01 if unit == "%" else 1)


def shipped():
    """{board: {parameter: value}} of instances.def, in its order."""
    params = pathlib.Path("include/liandong/params.def").read_text(encoding="utf-8")
    usual = {name: number(value) for name, value in
             re.findall(r'PARAM\(boards, (\w+), \w+, "[^"]*", ([\d.e+]+),', params)}
    text = pathlib.Path("include/liandong/instances.def").read_text(encoding="utf-8")
    boards = {name: dict(usual) for name in re.findall(r"INSTANCE\(boards, (\w+),", text)}
    for board, parameter, value in re.findall(r'VALUE\(boards, (\w+), (\w+), "([^"]*)"\)', text):
        boards[board][parameter] = number(value)
    return boards


def dated():
    """{board: [(year, month, capacity)]} of the place."""
    text = pathlib.Path("scenarios/places/guangzhou.yml").read_text(encoding="utf-8")
    text = text[text.index("\nboards:"):]
    capacities = {}
    for board, body in re.findall(r"\n  (\w+):([^\n]*(?:\n(?:    |  #)[^\n]*)*)", text):
        found = re.search(r"capacity:((?: \{[^}]*\})|(?:\n      \d[^\n]*)+)", body)
        if found is not None:
            capacities[board] = [(int(y), int(m), float(c)) for y, m, c in
                                 re.findall(r"(\d{4})-(\d\d): ([\d.]+)", found[1])]
    return capacities


def tables(page):
    """Lists of rows of cells."""
    table = []
    for line in pathlib.Path(page).read_text(encoding="utf-8").splitlines() + [""]:
        if line.startswith("|"):
            table.append([cell.strip() for cell in line.strip("|").split("|")])
        elif table:
            yield table
            table = []


def wrong_thresholds(page, table, boards):
    for row in table:
        name = re.fullmatch(r"`(\w+)`.*", row[0])
        if name is None or len(row) != len(boards) + 1:
            continue
        for (board, values), cell in zip(boards.items(), row[1:]):
            said, is_so = number(cell), values.get(name[1])
            none = is_so in NOTHING
            if is_so is None or (said is None) != none or (not none and abs(said - is_so) > 1e-4 * is_so):
                yield f"{page}: {board}.{name[1]} is {is_so}, not '{cell}'"


def wrong_issues(page, table, capacities):
    names = [re.fullmatch(r"`(\w+)`.*", cell) for cell in table[0]]
    for row in table:
        if not re.fullmatch(r"\d{4}", row[0]):
            continue
        for name, cell in zip(names, row):
            said = re.match(r"\d+", cell)
            if name is None or name[1] not in capacities or said is None:
                continue
            first = [at for at in capacities[name[1]] if at[0] == int(row[0])]
            at = first[0] if first else max(at for at in capacities[name[1]] if at[0] < int(row[0]))
            if abs(int(said[0]) / (13 - (at[1] if first else 1)) - at[2]) > 0.006:
                yield f"{page}: {row[0]}: {cell} of {name[1]}, but {at[2]} a month are shipped"


def main():
    boards, capacities, bad, rows = shipped(), dated(), [], 0
    for page in PAGES:
        for table in tables(page):
            bad += wrong_thresholds(page, table, boards)
            bad += wrong_issues(page, table, capacities)
            rows += len(table)
    print("\n".join(bad) if bad else f"boards-table: {len(boards)} boards, {rows} rows of tables: as shipped")
    return 1 if bad or rows == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
