#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_shards.py [LIANDONG] [PART OF A NAME] - parts of an ensemble made apart, and put together by `merge`."""
import hashlib
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import time
import zlib

import test_cli as cli
from test_cli import BINARY, contains, digest, done, run, small

RUNS = ("--runs", "7", "--panel", "0.2", "--claims", "--detail")
tests = []


def test(function):
    tests.append(function)
    return function


def files(folder="."):
    """The digests of all results and their checksums in a folder."""
    return {path.name: digest(path) for path in pathlib.Path(folder).iterdir() if ".h5" in path.name}


def whole(*arguments):
    """The files that one process makes, in a folder of their own."""
    pathlib.Path("whole").mkdir()
    done(*arguments, "-o", "whole/a.h5", "--quiet")
    return files("whole")


def shards(n, *arguments):
    """The shards, made in a wild order by different numbers of threads."""
    names = [f"{i}.part" if n in (2, 3) else f"{i}.of.{n}.part" for i in range(1, n + 1)]
    for i in random.Random(n).sample(range(n), n):
        assert done(*arguments, "--shard", f"{i + 1}/{n}", "--threads", i % 2 + 1, "-o", names[i], "--quiet") == ""
    return names


@test
def shards_of_a_run_merge_into_the_files_of_one_process_whatever_their_number():
    want = whole("run", small(), *RUNS)
    assert len(want) == 6, want
    for n in (0, 1, 3, 9):  # of nine two hold no run
        pathlib.Path(str(n)).mkdir()
        arguments = ["run", "small.yml", *RUNS]
        names = shards(n, *arguments) if n > 0 else ["a.h5.journal"]
        if n == 0:  # what an ordinary run leaves when it is killed at its end is the only shard there is
            not_run = unfinished(arguments + ["-o", "a.h5"])
            if not_run:
                return not_run
        text = done("merge", *reversed(names), "-o", f"{n}/a.h5", "--quiet")
        contains(text, "audit:   balanced", f"file:    {n}/a.h5")
        assert files(str(n)) == want, (n, files(str(n)), want)
        assert all(os.path.exists(name) for name in names)
    return None


def unfinished(arguments):
    """Every run in the journal, and no result: the process dies when it gives the file its name."""
    environment = dict(os.environ, LD_PRELOAD=str(BINARY.parent / "faults.so"), FAULT_CALL="rename", FAULT_NTH="1",
                       FAULT_HOW="kill")
    if (BINARY.parent / "faults.so").exists():
        assert run(*arguments, env=environment).returncode == -9
    else:
        return f"{BINARY.parent}/faults.so is not built; `make test` builds it"
    for path in pathlib.Path().glob("*.tmp"):
        path.unlink()
    return None


@test
def shards_of_a_comparison_merge_into_the_files_of_one_process():
    pathlib.Path("more.yml").write_text("base: small.yml\npolicies: {risk_pool: {share: {2016-01: 0.6}}}\n", encoding="utf-8")
    arguments = ("compare", small(), "more.yml", "--runs", "5", "--runoff", "3", "--rows", "--expr",
                 "x = total(tax) per spending", "--confidence", "0.9", "--set", "credit.base_rate=0.03", "--placebo", "nudge",
                 "--no-lump-sum", "--office")
    want = whole(*arguments)
    names = shards(2, *arguments)
    pathlib.Path("small.yml").unlink()  # a shard holds its scenarios
    pathlib.Path("merged").mkdir()
    text = done("merge", *names, "-o", "merged/a.h5", "--quiet")
    contains(text, "small against 1 variant, runs: 5, months: 12 and 3 of run-off, confidence 0.9")
    assert files("merged") == want
    json = done("merge", *names, "-o", "merged/a.h5", "--quiet", "--format", "json")
    assert json.startswith("["), json
    contains(done("compare", small(), "more.yml", "--shard", "1/2", "--equal-cost", "1e6", "--size",
                  "policies.risk_pool.capital", code=2), "--equal-cost are solved in all runs")


HELP = "base: small.yml\npolicies:\n  incubators: {from: 2016-01, capacity: 5000, budget: 3 亿}\n"


def helping():
    """A policy that reaches many and costs something."""
    pathlib.Path("help.yml").write_text(HELP, encoding="utf-8")
    return ("compare", small(), "help.yml", "--runs", "5", "--runoff", "3")


def second_job(plan, n):
    """Shards of the companions, in a wild order."""
    names = [f"{i}.of.{n}.more" for i in range(1, n + 1)]
    for i in random.Random(n).sample(range(n), n):
        assert done("companions", plan, "--shard", f"{i + 1}/{n}", "--threads", i % 2 + 1, "-o", names[i], "--quiet") == ""
    return names


@test
def companions_of_a_comparison_are_made_by_shards_of_a_second_job():
    arguments = (*helping(), "--saturation", "0,0.5", "--direct", "3", "--set", "credit.base_rate=0.03", "--expr",
                 "x = total(tax)")
    want = whole(*arguments)
    wanted_text = done(*arguments, "-o", "whole/a.h5")
    assert {"a.help-lump-sum.h5", "a.help-placebo.h5", "a.help-at-0.5.h5", "a.direct.h5", "a.companions.h5",
            "a.help-against-lump-sum.h5"} <= set(want), sorted(want)
    names = shards(2, *arguments)
    for scenario in ("small.yml", "help.yml"):  # shards and the plan hold their scenarios
        pathlib.Path(scenario).unlink()
    pathlib.Path("first").mkdir()
    process = run("merge", *names, "-o", "first/a.h5")
    assert process.returncode == 0, process.stderr
    contains(process.stderr, "companions are still to be made (worlds: 4): `liandong companions first/a.plan --shard I/N`")
    contains(process.stdout, "plan:    first/a.plan (companions still to be made)")
    made = files("first")
    assert made and made == {name: want[name] for name in made}, made  # companions change nothing of the rest
    assert not any("help-" in name or "companions" in name for name in made), sorted(made)
    for n in (1, 3, 7):  # of seven two hold no run
        more = second_job("first/a.plan", n)
        pathlib.Path(f"merged{n}").mkdir()
        text = done("merge", *more, *reversed(names), "-o", f"merged{n}/a.h5")
        assert files(f"merged{n}") == want, n
        assert text == wanted_text.replace("whole/", f"merged{n}/")
    assert run("companions", "first/a.plan", "--shard", "2/3", "--quiet", "-o", "2.of.3.more").returncode == 0  # it stands
    assert done("companions", "first/a.plan", "--quiet", "--lang", "zh") == ""
    pathlib.Path("merged").mkdir()  # a journal is in the order in which runs ended; what it gives is not
    done("merge", "first/a.companions.1of1.shard", *names, "-o", "merged/a.h5")
    assert files("merged") == want


@test
def a_shard_of_companions_that_was_killed_goes_on_by_the_same_command():
    shim = BINARY.parent / "faults.so"
    if not shim.exists():
        return f"{shim} is not built; `make test` builds it"
    names = shards(2, *helping())
    done("merge", *names, "-o", "a.h5")
    (whole_one,) = second_job("a.plan", 1)
    os.mkdir("faulty")
    command = ("companions", "a.plan", "--quiet", "--threads", "1", "-o", "faulty/1.more")
    fault = dict(os.environ, LD_PRELOAD=str(shim), FAULT_CALL="write", FAULT_PATH="faulty")
    assert run(*command, env=dict(fault, FAULT_COUNT="count")).returncode == 0
    calls = int(pathlib.Path("count").read_text(encoding="ascii"))
    assert calls > 5, calls
    for nth in sorted({1, 2, calls // 3, calls // 2, calls}):
        os.unlink("faulty/1.more")
        assert run(*command, env=dict(fault, FAULT_NTH=str(nth))).returncode == -9, nth
        done(*command)
        assert digest("faulty/1.more") == digest(whole_one), nth
    return None


@test
def what_does_not_belong_to_a_comparison_is_refused_as_its_companions():
    arguments = helping()
    names = shards(2, *arguments)
    done("merge", *names, "-o", "a.h5")
    more = second_job("a.plan", 2)
    contains(done("merge", *more, "-o", "b.h5", code=2), "1.of.2.more: holds companions of a comparison; the shards of its first "
             "worlds have to be merged with it")
    contains(done("merge", *names, more[0], "-o", "b.h5", code=2), "shard 2/2 is missing")
    contains(done("merge", names[0], *more, "-o", "b.h5", code=2), "shard 2/2 is missing")
    done("run", "small.yml", "--runs", "2", "--shard", "1/1", "-o", "run.part", "--quiet")
    contains(done("merge", "run.part", *more, "-o", "b.h5", code=2), "1.of.2.more: holds companions of a comparison, but "
             "run.part is a shard of none")
    for k, other in enumerate((("--seed", "7"), ("--runs", "4"), ("--set", "credit.base_rate=0.03"), ("--no-lump-sum",))):
        done(*arguments, *other, "--shard", "1/1", "-o", "other.part", "--quiet")
        contains(done("merge", "other.part", *more, "-o", f"b{k}.h5", code=2), "is not what this program makes of its scenario")
        os.unlink("other.part")
    done(*arguments, "--no-lump-sum", "--placebo", "none", "--shard", "1/1", "-o", "none.part", "--quiet")
    assert "companions" not in run("merge", "none.part", "-o", "c.h5").stderr
    contains(done("merge", "none.part", *more, "-o", "d.h5", code=2), "holds companions, but the comparison has none")
    text = pathlib.Path("a.plan").read_text(encoding="utf-8")
    for changed, said in ((text[:-5], "the plan of companions is damaged"), (text.replace("--runs=5", "--runs=6"), "is damaged"),
                          ("", "is no plan of companions"), ("base: small.yml", "is no plan of companions")):
        pathlib.Path("x.plan").write_text(changed, encoding="utf-8")
        contains(done("companions", "x.plan", code=2), "x.plan: ", said)
    body = re.sub("^# build .*$", "# build 0.0.99", text.split("\n", 1)[1], count=1, flags=re.M)
    pathlib.Path("x.plan").write_text(f"liandong companions {hashlib.sha256(body.encode()).hexdigest()}\n{body}",
                                      encoding="utf-8")
    contains(done("companions", "x.plan", code=2), "x.plan: was made by another build of the program (0.0.99)")
    contains(done("companions", "none.plan", code=4), "cannot read none.plan")
    contains(done("companions", "a.plan", "--shard", "3/2", code=2), "--shard: I/N with I from 1 to N")
    assert not list(pathlib.Path().glob("x.*.shard"))


@test
def shards_of_a_sweep_merge_into_the_file_of_one_process():
    arguments = ("sweep", small(), "--vary", "policies.risk_pool.share=0.2,0.4,0.6", "--vary", "credit.base_rate=0.03:0.05:2",
                 "--runs", "3", "--months", "6")
    want = whole(*arguments)
    names = {n: shards(n, *arguments) for n in (2, 4, 5)}  # of 6 points all runs, every other run, every fifth
    pathlib.Path("small.yml").unlink()
    for n in names:
        pathlib.Path(f"merged{n}").mkdir()
        done("merge", *names[n], "-o", f"merged{n}/a.h5")
        assert files(f"merged{n}") == want, n
    assert not list(pathlib.Path().glob("*.point.*"))


@test
def a_shard_has_a_name_of_its_own_and_is_left_as_it_is_once_finished():
    text = run("run", small(), "--runs", "4", "--shard", "2/3").stderr
    contains(text, "small.2of3.shard: shard 2/3 with its 1 runs; `liandong merge` puts the shards together")
    before = digest("small.2of3.shard")
    assert run("run", small(), "--runs", "4", "--shard", "2/3").returncode == 0
    assert digest("small.2of3.shard") == before
    for wrong in ("0/3", "4/3", "1", "1/", "/2", "1/2/3", "a/b", "-1/3", "1/100001"):
        contains(done("run", "small.yml", "--shard", wrong, code=2), "--shard: I/N with I from 1 to N")
    contains(done("run", "small.yml", "--runs", "4", "--shard", "1/3", "-o", "small.2of3.shard", code=2),
             "is shard 2/3, not 1/3")
    contains(done("run", "small.yml", "--shard", "1/3", "-o", "small.yml", code=2), "is no result; it is left as it is")
    assert sorted(os.listdir()) == ["small.2of3.shard", "small.yml"], os.listdir()


def edited(path, to, offset, form, value):
    """A copy of a journal whose header says something else, with a checksum that holds."""
    data = bytearray(pathlib.Path(path).read_bytes())
    head = struct.calcsize("<8sIIqQQiIII32s256s256s")
    scenario = struct.unpack_from("<Q", data, 32)[0]
    struct.pack_into(form, data, offset, value)
    struct.pack_into("<I", data, head + scenario, zlib.crc32(data[:head + scenario]))
    pathlib.Path(to).write_bytes(data)


@test
def merging_says_everything_that_is_wrong_and_writes_nothing():
    arguments = ("run", small(), "--runs", "7")
    names = shards(3, *arguments)
    for more, said in ((("--seed", "9"), "x.part: has seed 9, but 1.part has seed 1"),
                       (("--runs", "8"), "x.part: belongs to 8 runs of 12 months, but 1.part to 7 of 12"),
                       (("--months", "11"), "x.part: belongs to 7 runs of 11 months, but 1.part to 7 of 12"),
                       (("--panel", "0.1"), "x.part: was made with other settings (panel 0.1"),
                       (("--set", "credit.base_rate=0.03"), "x.part: was made from another scenario than 1.part"),
                       (("--shard", "2/4"), "x.part: is one of 4 shards, but 1.part one of 3")):
        done(*arguments, "--shard", "2/3", *more, "-o", "x.part", "--quiet")
        contains(done("merge", "1.part", "x.part", "3.part", "-o", "m.h5", code=2), said)
        os.unlink("x.part")
    lines = done("merge", "1.part", "1.part", "-o", "m.h5", code=2).splitlines()
    assert [line.split("error: ")[1] for line in lines] == \
        ["1.part and 1.part are both shard 1/3", "shard 2/3 is missing", "shard 3/3 is missing"], lines
    data = pathlib.Path("1.part").read_bytes()
    pathlib.Path("torn.part").write_bytes(data[:-20])
    contains(done("merge", "torn.part", "2.part", "-o", "m.h5", code=2), "torn.part: shard 1/3 lacks 1 of its 3 runs, the first "
             "is run ", "the command that began it goes on", "shard 3/3 is missing")
    pathlib.Path("torn.part").write_bytes(data[:700])
    lines = done("merge", "torn.part", "2.part", "small.yml", "none.part", "-o", "m.h5", code=4).splitlines()
    assert len(lines) == 3, lines
    contains("\n".join(lines), "torn.part: the header of the journal is damaged", "small.yml: is not a journal of runs",
             "none.part: cannot open")
    build = struct.calcsize("<8sIIqQQiIII32s")
    for name in names:
        edited(name, f"old.{name}", build, "6s", b"0.0.99")
    contains(done("merge", "1.part", "old.2.part", "3.part", "-o", "m.h5", code=2), "another build of the program (0.0.99")
    contains(done("merge", *(f"old.{name}" for name in names), "-o", "m.h5", code=2), "another build of the program (0.0.99",
             "than this one")
    contains(done("merge", *names, code=2), "-o: say which file is to be made")
    contains(done("merge", *names, "-o", "2.part", code=2), "-o: is one of the shards, 2.part")
    contains(done("merge", "--outptu", "m.h5", *names, code=2), "did you mean '--output'")
    contains(done("merge", "1.part", "--lang", "zh", "-o", "m.h5", code=2), "缺少分片 2/3")
    assert not list(pathlib.Path().glob("m.h5*"))
    done("merge", *names, "-o", "m.h5")


@test
def a_header_that_lies_is_refused():
    done("run", small(), "--runs", "2", "--shard", "1/2", "-o", "1.part", "--quiet")
    runs, shard = struct.calcsize("<8sI"), struct.calcsize("<8sIIqQQi")
    for offset, value in ((runs, 0), (shard, 0), (shard, 3), (shard + 4, 0)):
        edited("1.part", "x.part", offset, "<I", value)
        contains(done("merge", "x.part", "-o", "m.h5", code=2), "the header of the journal is damaged")


@test
def a_shard_killed_at_any_moment_goes_on_by_the_same_command():
    want = whole("run", small(), "--runs", "60")
    names = shards(2, "run", "small.yml", "--runs", "60")
    dice = random.Random(11)
    command = [BINARY, "run", "small.yml", "--runs", "60", "--shard", "1/2", "-o", "1.part", "--quiet"]
    began = time.monotonic()
    os.unlink("1.part")
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    took = time.monotonic() - began
    all_kills = 0
    for _ in range(6):
        os.unlink("1.part")
        patience, kills = took, 0
        while True:
            patience *= 1.2
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
            try:
                process.wait(timeout=dice.uniform(0.1, 0.9) * patience)
                break
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
                if os.path.exists("1.part") and os.path.getsize("1.part") > 10000:
                    for path in pathlib.Path(".").glob("m.h5*"):  # of a shard that was killed when it was whole
                        path.unlink()
                    code = run("merge", *names, "-o", "m.h5").returncode
                    assert code == 0 or not os.path.exists("m.h5"), code
        assert process.returncode == 0
        all_kills += kills
        pathlib.Path("merged").mkdir(exist_ok=True)
        done("merge", *names, "-o", "merged/a.h5")
        assert files("merged") == want
    assert all_kills > 0


@test
def a_merge_killed_at_any_write_sync_or_rename_is_done_again():
    shim = BINARY.parent / "faults.so"
    if not shim.exists():
        return f"{shim} is not built; `make test` builds it"
    want = whole("run", small(), "--runs", "4", "--claims")
    names = shards(2, "run", "small.yml", "--runs", "4", "--claims")
    before = [digest(name) for name in names]
    os.mkdir("faulty")
    merge = ("merge", *names, "-o", "faulty/a.h5", "--quiet")
    for kind in ("write", "sync", "rename", "open"):
        fault = dict(os.environ, LD_PRELOAD=str(shim), FAULT_CALL=kind, FAULT_PATH="faulty")
        for path in pathlib.Path("faulty").iterdir():  # what stands there already is looked at
            path.unlink()
        assert run(*merge, env=dict(fault, FAULT_COUNT="count")).returncode == 0
        calls = int(pathlib.Path("count").read_text(encoding="ascii"))
        assert calls > 1, kind
        for nth in sorted({1, 2, calls // 3, calls // 2, calls - 1, calls}):
            for path in pathlib.Path("faulty").iterdir():
                path.unlink()
            assert run(*merge, env=dict(fault, FAULT_NTH=str(nth))).returncode == -9, (kind, nth)
            left = files("faulty")
            assert all(value == want[name] for name, value in left.items() if not name.endswith(".tmp")), (kind, nth, left)
            done(*merge)
            assert {name: value for name, value in files("faulty").items() if not name.endswith(".tmp")} == want, (kind, nth)
            assert [digest(name) for name in names] == before
    return None


@test
def a_scheduler_that_ends_a_shard_finds_it_ready_to_go_on():
    command = [BINARY, "run", small(), "--runs", "1000", "--shard", "1/2", "-o", "1.part"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8")
    while not os.path.exists("1.part") or os.path.getsize("1.part") < 1000000:
        time.sleep(0.01)
    process.terminate()
    _, text = process.communicate(timeout=30)
    assert process.returncode == 130, process.returncode
    contains(text, "interrupted; the same command goes on")
    text = run(*map(str, command[1:])).stderr
    assert int(re.search(r"1.part: (\d+) of 500 runs are there; going on", text)[1]) > 5, text


if __name__ == "__main__":
    sys.exit(cli.main(tests))
