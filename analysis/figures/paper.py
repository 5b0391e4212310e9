#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""paper.py TABLES PLACES.csv -o FOLDER - the four figures that papers on coupling coordination print, in English and Chinese.

TABLES: a folder with coupling.csv (and .years, .runs) of `liandong coupling RESULT.h5 -o coupling.csv`, and follow.markov.csv,
follow.spatial.csv, follow.spatial_local.csv of the follow-ups.  PLACES.csv: unit,x,y, a tile each.  Needs matplotlib only.
"""
import argparse
import csv
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402 (the backend first)
import numpy as np  # noqa: E402
from matplotlib import font_manager  # noqa: E402

CHINESE_FONTS = ["Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Serif CJK SC", "WenQuanYi Zen Hei"]
TEXTS = {
    "en": {"map": "Degree of coupling coordination D", "fan": "D, mean of the regions", "year": "year",
           "median": "median of the runs", "fifty": "25th to 75th percentile", "ninety": "5th to 95th percentile",
           "cut": "finance-research link cut", "c": "coupling degree C", "permuted": "C, one index permuted over regions",
           "coupling": "C beside what it is without coupling", "markov": "Transitions of D in a year, by quartile",
           "from": "from", "to": "to", "cases": "{} cases", "moran": "Moran scatter of D, {}: I = {:.3f}, p = {:.3f}",
           "own": "D, standardised", "lag": "mean of the neighbours"},
    "zh": {"map": "耦合协调度 D", "fan": "各地区平均耦合协调度 D", "year": "年份",
           "median": "各次模拟的中位数", "fifty": "第 25 至第 75 百分位", "ninety": "第 5 至第 95 百分位",
           "cut": "切断资金与研发的联系", "c": "耦合度 C", "permuted": "一个指数在地区间置换后的 C",
           "coupling": "耦合度与无耦合时的数值", "markov": "D 的年度转移概率（按四分位）",
           "from": "转移前", "to": "转移后", "cases": "{} 例", "moran": "D 的莫兰散点图（{} 年）：I = {:.3f}，p = {:.3f}",
           "own": "D（标准化）", "lag": "邻区均值"},
}


def table(path):
    """The rows of a CSV, without its comments."""
    lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def save(figure, folder, name, lang):
    path = folder / f"{name}.{lang}.png"
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
    print(path)


def tile_map(rows, places, text):
    years = sorted({row["year"] for row in rows})
    shown = [years[0], years[-1]]
    values = {year: {row["region"]: float(row["D"]) for row in rows if row["year"] == year} for year in shown}
    low = min(min(of.values()) for of in values.values())
    high = max(max(of.values()) for of in values.values())
    figure, axes = plt.subplots(1, 2, figsize=(10, 4.4), constrained_layout=True)
    for at, year in zip(axes, shown):
        points = at.scatter([float(place["x"]) for place in places], [float(place["y"]) for place in places], s=1500,
                            marker="s", c=[values[year][place["unit"]] for place in places], vmin=low, vmax=high,
                            cmap="viridis")
        for place in places:
            value = values[year][place["unit"]]
            at.text(float(place["x"]), float(place["y"]), f"{place['unit']}\n{value:.2f}", ha="center", va="center",
                    fontsize=8, color="white" if value < low + 0.6 * (high - low) else "black")
        at.set_title(year)
        at.margins(0.12)
        at.set_axis_off()
    figure.colorbar(points, ax=axes, shrink=0.8)
    figure.suptitle(text["map"])
    return figure


def fan_chart(runs, means, text):
    years = sorted({int(row["year"]) for row in runs})
    of = {}
    for row in runs:
        of.setdefault((row["run"], int(row["year"])), []).append(float(row["D"]))
    numbers = sorted({row["run"] for row in runs}, key=int)
    d = np.array([[np.mean(of[run, year]) for year in years] for run in numbers])
    low, lower, middle, upper, high = np.percentile(d, [5, 25, 50, 75, 95], axis=0)
    figure, (fan, coupling) = plt.subplots(1, 2, figsize=(10, 4.2), constrained_layout=True)
    fan.fill_between(years, low, high, alpha=0.2, linewidth=0, color="C0", label=text["ninety"])
    fan.fill_between(years, lower, upper, alpha=0.4, linewidth=0, color="C0", label=text["fifty"])
    fan.plot(years, middle, color="C0", label=text["median"])
    column = {key: np.array([float(row[key]) for row in means]) for key in ("D", "C", "C_permuted", "causal") if key in means[0]}
    if "causal" in column:
        fan.plot(years, column["D"] - column["causal"], color="C3", linestyle="--", label=text["cut"])
    fan.set_title(text["fan"])
    coupling.plot(years, column["C"], color="C0", label=text["c"])
    coupling.plot(years, column["C_permuted"], color="C1", linestyle="--", label=text["permuted"])
    coupling.set_ylim(top=1)
    coupling.set_title(text["coupling"])
    for at in (fan, coupling):
        at.set_xlabel(text["year"])
        at.xaxis.get_major_locator().set_params(integer=True)
        at.legend(frameon=False, fontsize=9)
    return figure


def transitions(rows, text):
    rows = [row for row in rows if row["neighbours"] in ("", "all")]
    n = max(int(row["from"]) for row in rows)
    share, cases = np.full((n, n), np.nan), np.zeros((n, n))
    for row in rows:
        at = int(row["from"]) - 1, int(row["to"]) - 1
        cases[at] = float(row["count"])
        share[at] = float(row["probability"]) if row["probability"] else np.nan
    figure, at = plt.subplots(figsize=(5.4, 4.8), constrained_layout=True)
    at.imshow(share, vmin=0, vmax=1, cmap="Blues")
    for i in range(n):
        for j in range(n):
            at.text(j, i, f"{share[i, j]:.3f}\n" + text["cases"].format(int(cases[i, j])), ha="center", va="center", fontsize=9,
                    color="white" if share[i, j] > 0.6 else "black")
    at.set_xticks(range(n), [str(k + 1) for k in range(n)])
    at.set_yticks(range(n), [str(k + 1) for k in range(n)])
    at.set_xlabel(text["to"])
    at.set_ylabel(text["from"])
    at.set_title(text["markov"])
    return figure


def moran_scatter(local, whole, text):
    year = max(row["year"] for row in local)
    rows = [row for row in local if row["year"] == year]
    d = np.array([float(row["D"]) for row in rows])
    z, lag = (d - d.mean()) / d.std(), np.array([float(row["lag"]) for row in rows])
    moran = next(row for row in whole if row["year"] == year)
    figure, at = plt.subplots(figsize=(5.8, 4.8), constrained_layout=True)
    at.axhline(0, color="grey", linewidth=0.8)
    at.axvline(0, color="grey", linewidth=0.8)
    at.scatter(z, lag, s=18)
    for row, x, y in zip(rows, z, lag):
        at.annotate(row["unit"], (x, y), xytext=(3, 3), textcoords="offset points", fontsize=7)
    at.axline((0, 0), slope=float(moran["I"]), color="C3")
    at.set_xlabel(text["own"])
    at.set_ylabel(text["lag"])
    at.set_title(text["moran"].format(year, float(moran["I"]), float(moran["p_sim"])), fontsize=10)
    return figure


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", type=pathlib.Path)
    parser.add_argument("places", type=pathlib.Path)
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    options = parser.parse_args()
    data = {name: table(options.tables / f"{name}.csv") for name in
            ("coupling", "coupling.years", "coupling.runs", "follow.markov", "follow.spatial", "follow.spatial_local")}
    places = table(options.places)
    known = {font.name for font in font_manager.fontManager.ttflist}
    chinese = [name for name in CHINESE_FONTS if name in known]
    options.output.mkdir(parents=True, exist_ok=True)
    for lang in ("en", "zh"):
        if lang == "zh" and not chinese:
            print("no figures in Chinese: no font for it (fonts-noto-cjk)", file=sys.stderr)
            continue
        plt.rcParams.update({"font.family": chinese[:1] if lang == "zh" else ["DejaVu Sans"], "axes.unicode_minus": False,
                             "axes.spines.top": False, "axes.spines.right": False})
        text = TEXTS[lang]
        save(tile_map(data["coupling"], places, text), options.output, "map", lang)
        save(fan_chart(data["coupling.runs"], data["coupling.years"], text), options.output, "fan", lang)
        save(transitions(data["follow.markov"], text), options.output, "transitions", lang)
        save(moran_scatter(data["follow.spatial_local"], data["follow.spatial"], text), options.output, "moran", lang)
    return 0


if __name__ == "__main__":
    sys.exit(main())
