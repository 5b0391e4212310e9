#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""sweeps.py SWEEP.h5 [--sobol FIGURE] [--shapley FIGURE] [--ema OUT.tar.gz] [--run R] [--lang zh] - a sweep as SALib and the EMA workbench take it.

Without an option: the problem of SALib as JSON.  --sobol: Sobol's indices of a figure, by SALib, of a sweep with `--design saltelli` or
`saltelli-pairs`.  --shapley: of a grid of parameters with two values each, what each of them contributes to the change of a figure from
all at their lower value (a switch: off) to all at the upper one.  --ema: experiments and outcomes in an archive that
ema_workbench.load_results opens.  Figures are means over the runs of a point, or those of one run with --run; --shapley takes all runs.
Needs h5py and numpy; SALib, or pandas and ema_workbench, where they are asked for.

From Python:

    import sweeps, SALib.analyze.sobol
    s = sweeps.read("sweep.h5")
    SALib.analyze.sobol.analyze(s.problem(), s.outcome("jobs"), calc_second_order=s.pairs)
    experiments, outcomes = s.experiments(), s.outcomes()       # as ema_workbench.perform_experiments returns them
"""
import argparse
import json
import math
import re
import sys

import h5py
import numpy


class Sweep:
    """A file of `liandong sweep`: x[point, parameter], y[figure][point, run]."""

    def __init__(self, path):
        with h5py.File(path, "r") as file:
            table = {name: file[name][...] for name in file if isinstance(file[name], h5py.Dataset)}
            text = file.attrs["scenario"]
        text = text.decode() if isinstance(text, bytes) else str(text)
        found = re.search(r"^# sweep: design (\S+), points (\d+)$", text, re.M)
        if found is None:
            raise ValueError(f"{path}: is no sweep")
        self.path, self.design, self.points = path, found[1], int(found[2])
        self.vary = dict(re.findall(r"^# vary ([^=\n]+)=(.*)$", text[found.start():], re.M))
        self.figures = [name for name in table if name not in ("row", "point", "run", *self.vary)]
        order = numpy.lexsort((table["run"], table["point"]))
        self.runs = len(order) // self.points
        self.x = numpy.stack([table[key][order][::self.runs] for key in self.vary], axis=1)
        self.y = {name: table[name][order].reshape(self.points, self.runs) for name in self.figures}

    @property
    def pairs(self):
        return self.design == "saltelli-pairs"

    def problem(self):
        """num_vars, names, bounds: a range as it was given, a list from its least value to its largest."""
        bounds = []
        for column, text in zip(self.x.T, self.vary.values()):
            ends = text.split(":")
            bounds.append([float(ends[0]), float(ends[1])] if len(ends) > 1 else [float(column.min()), float(column.max())])
        return {"num_vars": len(self.vary), "names": list(self.vary), "bounds": bounds}

    def outcome(self, figure, run=None):
        if figure not in self.y:
            raise ValueError(f"{self.path}: has no figure '{figure}'; it has {', '.join(self.figures)}")
        return self.y[figure].mean(axis=1) if run is None else self.y[figure][:, run]

    def experiments(self):
        import pandas
        frame = pandas.DataFrame(self.x, columns=list(self.vary))
        return frame.assign(scenario=range(self.points), policy="None", model="liandong")

    def outcomes(self, run=None):
        """By names that are words, as outcomes of the workbench must be."""
        return {re.sub(r"\W+", "_", name).strip("_"): self.outcome(name, run) for name in self.figures}


read = Sweep


def shapley(sweep, figure):
    """phi[parameter, run]: the mean, over all orders in which the parameters may go from their lower to their upper value, of what
    the figure gains when it is a parameter's turn (Shapley 1953).  All worlds of a run share their luck, so that each run has a
    decomposition of its own, which adds up to the change from none to all."""
    k = len(sweep.vary)
    sweep.outcome(figure)
    if sweep.points != 2 ** k or any(len(numpy.unique(column)) != 2 for column in sweep.x.T):
        raise ValueError(f"{sweep.path}: Shapley values need a grid of parameters with two values each")
    up = sweep.x == sweep.x.max(axis=0)
    value = {sum(1 << j for j in range(k) if row[j]): y for row, y in zip(up, sweep.y[figure])}
    phi = numpy.zeros((k, sweep.runs))
    for j in range(k):
        for others in value:
            if not others >> j & 1:
                n = bin(others).count("1")
                weight = math.factorial(n) * math.factorial(k - n - 1) / math.factorial(k)
                phi[j] += weight * (value[others | 1 << j] - value[others])
    return phi


def student(p, n):
    """Quantile of Student's t with n degrees of freedom, p above one half: the density is integrated until it is reached."""
    scale = math.exp(math.lgamma((n + 1) / 2) - math.lgamma(n / 2)) / math.sqrt(n * math.pi)
    low, high = 0.0, 1000.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        angle = numpy.linspace(0.0, math.atan(middle / math.sqrt(n)), 4001)  # t = sqrt(n) tan(angle)
        density = numpy.cos(angle) ** (n - 1)
        area = scale * math.sqrt(n) * float(numpy.sum(density[1:] + density[:-1])) / 2 * (angle[1] - angle[0])
        low, high = (middle, high) if area < p - 0.5 else (low, middle)
    return low


TEXTS = {
    "en": ("all together", "{}: {} worlds of {} runs, 95 % intervals over runs"),
    "zh": ("合计", "{}：{}个世界，各模拟{}次，各次模拟间的95%区间"),
}


def print_shapley(sweep, figure, lang):
    phi = shapley(sweep, figure)
    rows = [*zip(sweep.vary, phi), (TEXTS[lang][0], phi.sum(axis=0))]
    wide, t = max(len(name) for name, _ in rows), student(0.975, sweep.runs - 1) if sweep.runs > 1 else math.nan
    print(TEXTS[lang][1].format(figure, sweep.points, sweep.runs))
    for name, values in rows:
        half = t * values.std(ddof=1) / math.sqrt(sweep.runs) if sweep.runs > 1 else math.nan
        print(f"{name:<{wide}}  {values.mean():14.6g}  {values.mean() - half:14.6g} .. {values.mean() + half:.6g}")


def sobol(sweep, figure, run):
    from SALib.analyze import sobol as analyser
    if not sweep.design.startswith("saltelli"):
        raise ValueError(f"{sweep.path}: its design is {sweep.design}; Sobol's indices need --design saltelli")
    return analyser.analyze(sweep.problem(), sweep.outcome(figure, run), calc_second_order=sweep.pairs, seed=1)


def ema(sweep, path, run):
    import ema_workbench
    outcomes = sweep.outcomes(run)
    for name in outcomes:  # the workbench writes what it knows
        ema_workbench.ScalarOutcome(name)
    ema_workbench.save_results((sweep.experiments(), outcomes), path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sweep")
    parser.add_argument("--sobol", metavar="FIGURE")
    parser.add_argument("--shapley", metavar="FIGURE")
    parser.add_argument("--ema", metavar="OUT.tar.gz")
    parser.add_argument("--run", type=int)
    parser.add_argument("--lang", choices=TEXTS, default="en")
    given = parser.parse_args()
    try:
        sweep = read(given.sweep)
        if given.run is not None and not 0 <= given.run < sweep.runs:
            raise ValueError(f"--run: 0 to {sweep.runs - 1}")
        if given.sobol:
            found = sobol(sweep, given.sobol, given.run)
            for k, name in enumerate(sweep.vary):
                print(f"{name}\tS1 {found['S1'][k]:.4f} +- {found['S1_conf'][k]:.4f}\tST {found['ST'][k]:.4f} +- "
                      f"{found['ST_conf'][k]:.4f}")
        if given.shapley:
            print_shapley(sweep, given.shapley, given.lang)
        if given.ema:
            ema(sweep, given.ema, given.run)
        if not given.sobol and not given.shapley and not given.ema:
            print(json.dumps(sweep.problem(), indent=2))
    except ImportError as missing:
        sys.exit(f"sweeps.py: error: {missing.name} is not installed")
    except (OSError, ValueError) as wrong:
        sys.exit(f"sweeps.py: error: {wrong}")


if __name__ == "__main__":
    main()
