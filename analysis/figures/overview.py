#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""overview.py RESULT.h5 [-o PICTURE.png] [--region NAME] [--lang en|zh] - one region of a result in six panels.

Lines are medians over the runs, bands reach from the 10th to the 90th percentile.  Needs h5py and matplotlib only.
"""
import argparse
import pathlib
import re
import sys

import h5py
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402 (the backend first)
import numpy as np  # noqa: E402
from matplotlib import dates, font_manager  # noqa: E402

FEN_A_BILLION = 1e11
CHINESE_FONTS = ["Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Serif CJK SC", "WenQuanYi Zen Hei"]
TEXTS = {
    "en": {"stages": "stage", "enterprises": "Registered enterprises by stage", "turnover": "Enterprises a month",
           "credit": "Bank credit", "pool": "Risk-compensation pool", "foundings": "founded", "failures": "failed",
           "loans": "loans outstanding, bn yuan", "npl": "non-performing, % of loans (right)",
           "balance": "balance, m yuan", "paid": "paid out so far, m yuan",
           "finance": "Paid to enterprises in twelve months, bn yuan", "grants": "grants and subsidies",
           "equity": "equity", "debt": "bank loans",
           "venture": "Venture funds in twelve months, bn yuan", "invested": "invested", "proceeds": "proceeds of exits",
           "runs": "{} runs; bands: 10th to 90th percentile"},
    "zh": {"stages": "stage_label_zh", "enterprises": "各阶段登记企业", "turnover": "每月企业数", "credit": "银行信贷", "pool": "风险补偿资金池",
           "foundings": "设立", "failures": "失败", "loans": "贷款余额（十亿元）", "npl": "不良率（%，右轴）",
           "balance": "余额（百万元）", "paid": "累计补偿（百万元）",
           "finance": "近12个月企业所获资金（十亿元）", "grants": "财政资助与补贴", "equity": "股权融资", "debt": "银行贷款",
           "venture": "近12个月创投基金（十亿元）", "invested": "投资", "proceeds": "退出回款", "runs": "{} 次模拟；带状区间为第 10 至第 90 百分位"},
}


def axes_of(variable):
    return [variable.dims[k][0].name.lstrip("/") for k in range(variable.ndim)]


def names_of(file, axis):
    return [name.decode() if isinstance(name, bytes) else str(name) for name in file[axis][...]]


def series(file, name, region, keep=None):
    """[run, time] of one region, or [run, time, keep]; every other axis is summed."""
    variable = file[name]
    values, axes = variable[...].astype(float), axes_of(variable)
    values = values.take(names_of(file, "region").index(region), axis=axes.index("region"))
    axes.remove("region")
    for axis in [axis for axis in axes if axis not in ("run", "time", keep)]:
        values = values.sum(axis=axes.index(axis))
        axes.remove(axis)
    return values


def months(file):
    units = file["time"].attrs["units"]
    units = units.decode() if isinstance(units, bytes) else str(units)
    start = re.search(r"\d{4}-\d{2}-\d{2}", units)[0]
    return np.datetime64(start, "D") + file["time"][...].astype("timedelta64[D]")


def band(axes, time, values, label, colour):
    low, middle, high = np.percentile(values, [10, 50, 90], axis=0)
    axes.fill_between(time, low, high, color=colour, alpha=0.2, linewidth=0)
    return axes.plot(time, middle, color=colour, label=label)[0]


def year(values):
    """Sums of the twelve months up to each; of the first eleven there is none."""
    sums = np.full(values.shape, np.nan)
    total = np.concatenate([np.zeros((len(values), 1)), values.cumsum(axis=1)], axis=1)
    sums[:, 11:] = total[:, 12:] - total[:, :-12]
    return sums / FEN_A_BILLION


def draw_equity_and_debt(file, region, time, text, finance, venture):
    paid = dict(zip(names_of(file, "channel"), np.moveaxis(series(file, "financing_paid", region, "channel"), 2, 0)))
    band(finance, time, year(paid["line"] + paid["instalments"]), text["debt"], "C0")
    band(finance, time, year(paid["angel"] + paid["equity"]), text["equity"], "C2")
    band(finance, time, year(series(file, "budget_spent", region)), text["grants"], "C3")
    finance.set_title(text["finance"])
    band(venture, time, year(series(file, "equity_invested", region)), text["invested"], "C0")
    band(venture, time, year(series(file, "exit_proceeds", region)), text["proceeds"], "C3")
    venture.set_title(text["venture"])


def draw(file, region, text):
    time = months(file)
    figure, ((stages, turnover), (credit, pool), (finance, venture)) = plt.subplots(3, 2, figsize=(11, 10.5),
                                                                                   constrained_layout=True)
    colours = plt.get_cmap("viridis")(np.linspace(0.1, 0.9, 5))

    names = names_of(file, text["stages"]) if text["stages"] in file else []
    if "stage" in axes_of(file["enterprises"]):
        alive = np.median(series(file, "enterprises", region, "stage"), axis=0)
        stages.stackplot(time, alive.T, labels=names, colors=colours)
    else:
        band(stages, time, series(file, "enterprises", region), None, "C0")
    stages.set_title(text["enterprises"])

    band(turnover, time, series(file, "foundings", region), text["foundings"], "C2")
    band(turnover, time, series(file, "failures", region), text["failures"], "C3")
    turnover.set_title(text["turnover"])

    loans = series(file, "loans_outstanding", region)
    band(credit, time, loans / FEN_A_BILLION, text["loans"], "C0")
    right = credit.twinx()
    line = band(right, time, 100 * series(file, "npl", region) / np.maximum(loans, 1), text["npl"], "C1")
    credit.add_line(plt.Line2D([], [], color=line.get_color(), label=text["npl"]))
    right.set_ylim(0, 1.25 * right.get_ylim()[1])
    credit.set_title(text["credit"])

    million = FEN_A_BILLION / 1000
    if "pool_balance" in file:
        band(pool, time, series(file, "pool_balance", region) / million, text["balance"], "C0")
        band(pool, time, series(file, "pool_paid", region).cumsum(axis=1) / million, text["paid"], "C3")
    pool.set_title(text["pool"])
    draw_equity_and_debt(file, region, time, text, finance, venture)

    for axes in (stages, turnover, credit, pool, finance, venture):
        axes.set_ylim(0, 1.25 * axes.get_ylim()[1])
        axes.set_xlim(time[0], time[-1])
        axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(axes.xaxis.get_major_locator()))
        if axes.get_legend_handles_labels()[1]:
            axes.legend(loc="upper left", fontsize="small", ncol=3 if axes is stages else 1)
    return figure


def use_chinese_font():
    """False: there is none."""
    here = {font.name for font in font_manager.fontManager.ttflist}
    found = [name for name in CHINESE_FONTS if name in here]
    if found:
        matplotlib.rcParams["font.family"] = found[0]
    return bool(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("result")
    parser.add_argument("-o", "--output")
    parser.add_argument("--region")
    parser.add_argument("--lang", choices=TEXTS, default="en")
    options = parser.parse_args()
    if options.lang == "zh" and not use_chinese_font():
        print("no font with Chinese signs (on Debian: fonts-noto-cjk); labels are in English", file=sys.stderr)
        options.lang = "en"
    output = options.output or pathlib.Path(options.result).with_suffix(".png")
    with h5py.File(options.result, "r") as file:
        region = options.region or names_of(file, "region")[0]
        figure = draw(file, region, TEXTS[options.lang])
        title = file.attrs.get("title_zh" if options.lang == "zh" else "title", region)
        title = title.decode() if isinstance(title, bytes) else str(title)
        figure.suptitle((title if region in title.lower() else f"{title} · {region}") + "\n" + TEXTS[options.lang]["runs"].format(file["run"].shape[0]), fontsize="medium")
    figure.savefig(output, dpi=110, metadata={"Software": None})
    print(f"wrote {output}")


if __name__ == "__main__":
    main()
