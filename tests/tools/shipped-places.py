#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""shipped-places.py [--binary FILE] [--runs N] [--solve] - do the shipped places hold the stock that they state?

Each place gives founders.per_month, so that every variant inherits it; whoever changes the engine or a default checks it
here.  Exit 1 if a mean stock at `start` is more than 1 % off.  --solve prints the numbers that would hold it, and for a
place with a stock to reach at its end (END) the trend, too; put them into the scenario by hand.
"""
import argparse
import csv
import io
import subprocess
import sys

PLACES = ["guangzhou", "guangzhou-2024", "small"]
START = "registered enterprises at the start"
END = {"guangzhou": "registered enterprises at the end of 2023"}


def rows(binary, place, runs, settings):
    command = [binary, "validate", place, "--lang", "en", "--quiet", "--format", "csv", "--runs", str(runs)]
    for key, value in settings.items():
        command += ["--set", f"{key}={value}"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return list(csv.DictReader(io.StringIO(done.stdout.decode("utf-8-sig"))))


def over(binary, place, runs, fact, settings):
    """Simulated over reported."""
    row = next(row for row in rows(binary, place, runs, settings) if row["fact"].startswith(fact))
    return float(row["simulated"]) / float(row["reported"])


def in_force(binary, place, key):
    text = subprocess.run([binary, "explain", place, key, "--lang", "en", "--format", "csv"], stdout=subprocess.PIPE,
                          check=True).stdout.decode("utf-8-sig")
    return float(list(csv.DictReader(io.StringIO(text)))[0]["value"])


def solve(binary, place, runs):
    founders = in_force(binary, place, "founders.per_month")
    trend = in_force(binary, place, "founders.trend")
    years = in_force(binary, place, "months") / 12
    for _ in range(6):
        settings = {"founders.per_month": founders, "founders.trend": trend}
        start = over(binary, place, runs, START, {**settings, "months": 1})
        end = over(binary, place, runs // 2, END[place], settings) if place in END else start
        print(f"{place}: per_month {founders:.5g} trend {trend:.4f}: stock {start:.4f} of the start, {end:.4f} of the end")
        if abs(start - 1) < 0.002 and (place not in END or abs(end - 1) < 0.005):
            return
        founders /= start
        trend = (1 + trend) * (start / end) ** (1 / years) - 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default="build/liandong")
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--solve", action="store_true")
    options = parser.parse_args()
    bad = False
    for place in PLACES:
        if options.solve:
            solve(options.binary, place, options.runs)
            continue
        start = over(options.binary, place, options.runs, START, {"months": 1})
        print(f"{place}: {start:.4f} of the stock it states, mean of {options.runs} worlds")
        bad = bad or abs(start - 1) > 0.01
    return bad


if __name__ == "__main__":
    sys.exit(main())
