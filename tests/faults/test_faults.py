#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_faults.py [LIANDONG] [PART OF A NAME] - what is left when the machine fails, and that the same command goes on.

Faults come from tests/tools/faults.c, built as faults.so beside the program: the n-th write, fsync, rename, truncation,
removal, opening or allocation is where the process dies or the call fails.  After every one of them: no file under its final
name that is not whole, the documented exit code with one line that says why, and the same command again gives byte for byte
the file of an uninterrupted run and nothing else.
"""
import errno
import functools
import os
import pathlib
import random
import re
import signal
import struct
import subprocess
import sys
import time
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import test_cli as cli  # noqa: E402
from test_cli import BINARY, contains, digest, done, run, small  # noqa: E402

SHIM = BINARY.parent / "faults.so"
RUN = ("run", "small.yml", "--runs", "4", "--panel", "0.2", "--quiet", "-o", "faulty/f.h5")
WHOLE = ("f.h5", "f.h5.sha256", "f.panel.h5", "f.panel.h5.sha256")
tests = []


def test(function):
    tests.append(function)
    return function


def faulty(call, nth=0, how="kill", **more):
    """The finished process with a fault in it."""
    environment = dict(os.environ, LD_PRELOAD=str(SHIM), FAULT_CALL=call, FAULT_NTH=str(nth), FAULT_HOW=str(how),
                       FAULT_PATH="faulty", **more)
    return run(*RUN, env=environment)


def empty():
    os.makedirs("faulty", exist_ok=True)
    for path in pathlib.Path("faulty").iterdir():
        path.unlink()


@functools.cache
def uninterrupted():
    """The digests of the files of an uninterrupted run: the same in every folder, so it is made once."""
    empty()
    done(*RUN)
    assert sorted(os.listdir("faulty")) == sorted(WHOLE)
    return {name: digest(f"faulty/{name}") for name in WHOLE}


def begin():
    small()
    empty()
    return uninterrupted()


def count(call, **more):
    empty()
    assert faulty(call, FAULT_COUNT="count", **more).returncode == 0
    return int(pathlib.Path("count").read_text(encoding="ascii"))


def places(total, most):
    """At most so many of 1 ... total: the first and the last, and others by a fixed seed."""
    if total <= most:
        return list(range(1, total + 1))
    return sorted({1, 2, total} | set(random.Random(20260101).sample(range(1, total + 1), most - 3)))


def check_left(whole, where):
    for name in ("f.h5", "f.panel.h5"):
        if os.path.exists(f"faulty/{name}"):
            assert digest(f"faulty/{name}") == whole[name], f"{where}: {name} is not whole"


def check_again(whole, where):
    process = run(*RUN)
    assert process.returncode == 0, f"{where}, then: exit {process.returncode} {process.stderr}"
    assert sorted(os.listdir("faulty")) == sorted(WHOLE), f"{where}, then: {os.listdir('faulty')}"
    for name in WHOLE:
        assert digest(f"faulty/{name}") == whole[name], f"{where}, then: {name} differs"


def strike(call, how, most, codes, **more):
    """The fault at many places; gives how often each exit code came."""
    whole, seen = begin(), {}
    for nth in places(count(call, **more), most):
        where = f"{call} {nth} ({how})"
        empty()
        process = faulty(call, nth, how, **more)
        assert process.returncode in codes, f"{where}: exit {process.returncode} {process.stderr}"
        lines = process.stderr.splitlines()
        if process.returncode > 0:
            assert len(lines) == 1 and re.match(r"liandong: error: .", lines[0]), f"{where}: {lines}"
        check_left(whole, where)
        check_again(whole, where)
        seen[process.returncode] = seen.get(process.returncode, 0) + 1
    return seen


def need_shim():
    return None if SHIM.exists() else f"{SHIM} is not built; `make test` builds it"


@test
def killed_before_within_or_after_any_call_to_the_disk_the_same_command_goes_on():
    if need_shim():
        return need_shim()
    for call, ways in (("write", ("kill", "torn")), ("sync", ("kill", "kill-after")), ("rename", ("kill", "kill-after")),
                       ("truncate", ("kill", "kill-after")), ("unlink", ("kill", "kill-after")),
                       ("open", ("kill", "kill-after"))):
        for how in ways:
            seen = strike(call, how, 5, {-signal.SIGKILL})
            assert seen[-signal.SIGKILL] >= 2, (call, how, seen)
    return None


@test
def a_comparison_killed_at_any_sync_rename_or_removal_goes_on():
    if need_shim():
        return need_shim()
    small()
    pathlib.Path("more.yml").write_text("base: small.yml\npolicies: {risk_pool: {share: {2016-01: 0.6}}}\n", encoding="utf-8")
    arguments = ("compare", "small.yml", "more.yml", "--runs", "3", "--runoff", "3", "--quiet", "-o", "faulty/c.h5")
    empty()
    done(*arguments)
    whole = {name: digest(f"faulty/{name}") for name in os.listdir("faulty")}
    assert len(whole) == 16, whole
    for call in ("sync", "rename", "unlink"):
        environment = dict(os.environ, LD_PRELOAD=str(SHIM), FAULT_CALL=call, FAULT_PATH="faulty")
        empty()
        assert run(*arguments, env=dict(environment, FAULT_COUNT="count")).returncode == 0
        for nth in places(int(pathlib.Path("count").read_text(encoding="ascii")), 8):
            empty()
            process = run(*arguments, env=dict(environment, FAULT_NTH=str(nth)))
            assert process.returncode == -signal.SIGKILL
            for name in os.listdir("faulty"):
                assert name.endswith((".tmp", ".journal")) or digest(f"faulty/{name}") == whole[name], (call, nth, name)
            done(*arguments)
            assert {name: digest(f"faulty/{name}") for name in os.listdir("faulty")} == whole, (call, nth)
    return None


@test
def killed_at_any_moment_the_same_command_goes_on():
    whole = begin()
    dice = random.Random(7)
    began = time.monotonic()
    empty()
    done(*RUN)
    took = time.monotonic() - began
    for _ in range(8):
        empty()
        patience = took
        while True:  # killed as often as it takes; longer and longer, since the end of a run must fit into one life
            patience *= 1.3
            process = subprocess.Popen([BINARY, *RUN], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            try:
                process.wait(timeout=dice.uniform(0.2, 1.0) * patience)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            check_left(whole, "a kill")
            if process.returncode == 0:
                break
        check_again(whole, "a kill")


@test
def a_full_disk_is_an_input_output_error_wherever_it_fills_up():
    if need_shim():
        return need_shim()
    assert strike("write", errno.ENOSPC, 8, {4}, FAULT_LASTING="1")[4] >= 8
    assert strike("truncate", errno.ENOSPC, 9, {4})
    return None


@test
def a_disk_that_fills_up_keeps_the_runs_that_are_made_and_says_so():
    if need_shim():
        return need_shim()
    whole = begin()
    full = dict(os.environ, LD_PRELOAD=str(SHIM), FAULT_CALL="write", FAULT_HOW=str(errno.ENOSPC), FAULT_PATH="f.h5.journal")
    empty()
    assert run(*RUN, env=dict(full, FAULT_COUNT="count")).returncode == 0
    empty()
    process = run(*RUN, env=dict(full, FAULT_NTH=pathlib.Path("count").read_text(encoding="ascii").strip()))
    assert process.returncode == 4, process
    contains(process.stderr, "No space left on device; with more room the same command goes on after 3 runs that are kept")
    contains(run(*(word for word in RUN if word != "--quiet")).stderr, "3 of 4 runs are there; going on")
    assert {name: digest(f"faulty/{name}") for name in WHOLE} == whole
    return None


@test
def a_failing_device_is_an_input_output_error():
    if need_shim():
        return need_shim()
    strike("write", errno.EIO, 5, {4})
    strike("sync", errno.EIO, 9, {4})
    strike("rename", errno.EIO, 9, {4})
    strike("unlink", errno.EIO, 9, {0, 4})  # a journal that cannot be removed is removed by the next command
    return None


@test
def a_read_only_folder_is_an_input_output_error():
    if need_shim():
        return need_shim()
    strike("open", errno.EROFS, 12, {0, 4})
    begin()
    empty()
    if os.geteuid() != 0:
        os.chmod("faulty", 0o500)
        contains(done(*RUN, code=4), "faulty/f.h5.journal: cannot open: Permission denied")
        assert not os.listdir("faulty")
        os.chmod("faulty", 0o700)
    return None


@test
def a_comparison_with_companions_is_whole_after_any_fault():
    if need_shim():
        return need_shim()
    small()
    pathlib.Path("help.yml").write_text("base: small.yml\npolicies:\n  incubators: {from: 2016-01, capacity: 5000, budget: 3 亿}\n",
                                        encoding="utf-8")
    command = ("compare", "small.yml", "help.yml", "--runs", "2", "--months", "3", "--runoff", "2", "--direct", "2", "--saturation",
               "0.5", "--threads", "1", "--quiet", "-o", "faulty/c.h5")
    plain = dict(os.environ, LD_PRELOAD=str(SHIM), FAULT_PATH="faulty", LIANDONG_CACHE_SIZE="0")
    empty()
    assert run(*command).returncode == 0
    whole = {name: digest(f"faulty/{name}") for name in os.listdir("faulty")}
    assert "c.companions.h5" in whole and "c.direct.h5" in whole, sorted(whole)
    for call, how, code in (("rename", "kill", -9), ("write", "torn", -9), ("sync", errno.EIO, 4), ("memory", errno.ENOMEM, 3)):
        empty()
        assert run(*command, env=dict(plain, FAULT_CALL=call, FAULT_COUNT="count")).returncode == 0
        calls, codes = int(pathlib.Path("count").read_text(encoding="ascii")), []
        for nth in places(calls, 10 if call == "memory" else 6):  # some memory is only for a hint
            where = f"{call} {nth} of {calls} ({how})"
            empty()
            process = run(*command, env=dict(plain, FAULT_CALL=call, FAULT_NTH=str(nth), FAULT_HOW=str(how)))
            codes.append(process.returncode)
            lines = process.stderr.splitlines()
            assert process.returncode in (code, 0), f"{where}: exit {process.returncode} {process.stderr}"
            assert process.returncode != code or code < 0 or (len(lines) == 1 and re.match("liandong: error: .", lines[0])), \
                f"{where}: {lines}"
            left = {name: digest(f"faulty/{name}") for name in os.listdir("faulty") if name.endswith(".h5")}
            assert all(whole[name] == value for name, value in left.items()), where
            again = run(*command)
            assert again.returncode == 0, f"{where}, then: {again.stderr}"
            made = {name: digest(f"faulty/{name}") for name in os.listdir("faulty") if not name.endswith(".tmp")}
            assert made == whole, f"{where}, then: {sorted(set(made.items()) ^ set(whole.items()))}"
        assert codes.count(code) > len(codes) // 2, (call, codes)
    return None


@test
def a_sweep_is_whole_after_any_fault_and_leaves_no_file_of_a_point():
    if need_shim():
        return need_shim()
    small()
    command = ("sweep", "small.yml", "--vary", "policies.risk_pool.share=0.2,0.6", "--vary", "policies.risk_pool.delay=1,9", "--runs", "3",
               "--months", "3", "--set", "scale=0.1", "-e", "paid = total(pool_paid)", "--threads", "1", "--quiet", "-o", "faulty/s.h5")
    plain = dict(os.environ, LD_PRELOAD=str(SHIM), FAULT_PATH="faulty", LIANDONG_CACHE_SIZE="0")
    empty()
    assert run(*command).returncode == 0
    whole = {name: digest(f"faulty/{name}") for name in os.listdir("faulty")}
    assert sorted(whole) == ["s.h5", "s.h5.sha256"]
    for call, how, code in (("rename", "kill", -9), ("write", "torn", -9), ("write", errno.ENOSPC, 4), ("sync", errno.EIO, 4),
                            ("memory", errno.ENOMEM, 3)):
        empty()
        assert run(*command, env=dict(plain, FAULT_CALL=call, FAULT_COUNT="count")).returncode == 0
        calls, codes = int(pathlib.Path("count").read_text(encoding="ascii")), []
        for nth in places(calls, 12 if call == "memory" else 6):
            where = f"{call} {nth} of {calls} ({how})"
            empty()
            process = run(*command, env=dict(plain, FAULT_CALL=call, FAULT_NTH=str(nth), FAULT_HOW=str(how)))
            codes.append(process.returncode)
            assert process.returncode in (code, 0), f"{where}: exit {process.returncode} {process.stderr}"
            left = set(os.listdir("faulty"))
            assert left <= {"s.h5", "s.h5.tmp", "s.h5.sha256", "s.h5.sha256.tmp", "s.h5.journal"}, f"{where}: {left}"
            again = run(*command)
            assert again.returncode == 0, f"{where}, then: {again.stderr}"
            made = {name: digest(f"faulty/{name}") for name in os.listdir("faulty") if not name.endswith(".tmp")}
            assert made == whole, f"{where}, then: {sorted(made)}"
        assert codes.count(code) > len(codes) // 2, (call, codes)
    return None


@test
def without_memory_the_exit_code_is_3_wherever_it_ends():
    if need_shim():
        return need_shim()
    seen = strike("memory", errno.ENOMEM, 36, {0, 3}, LIANDONG_CACHE_SIZE="0")  # 0: what only a hint needed
    assert seen[3] > 4 * seen.get(0, 0), seen
    strike("memory", errno.ENOMEM, 12, {0, 3})  # and with the cache, which may go without
    return None


@test
def an_interrupt_says_how_to_go_on_and_the_same_command_does():
    small()
    arguments = ["run", "small.yml", "--runs", "500", "--threads", "2", "-o", "a.h5"]
    process = subprocess.Popen([BINARY, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, encoding="utf-8")
    while not os.path.exists("a.h5.journal") or os.path.getsize("a.h5.journal") < 1000000:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, text = process.communicate(timeout=30)
    assert process.returncode == 130, process.returncode
    contains(text, "interrupted; the same command goes on")
    assert not os.path.exists("a.h5")
    text = run(*arguments).stderr
    assert int(re.search(r"(\d+) of 500 runs are there; going on", text)[1]) > 5, text
    done(*arguments[:-1], "b.h5")
    assert digest("a.h5") == digest("b.h5")


def unfinished():
    """A journal of some runs, as a kill leaves it."""
    arguments = ["run", small(), "--runs", "1500", "-o", "a.h5", "--quiet"]
    process = subprocess.Popen([BINARY, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while not os.path.exists("a.h5.journal") or os.path.getsize("a.h5.journal") < 1000000:
        time.sleep(0.01)
    process.kill()
    process.wait()
    return arguments


@test
def a_changed_scenario_seed_size_or_setting_refuses_to_go_on():
    arguments = unfinished()
    before = digest("a.h5.journal")
    for more, said in ((["--set", "credit.base_rate=0.04"], "another scenario"), (["--seed", "77"], "another scenario"),
                       (["--months", "11"], "another scenario"), (["--runs", "1501"], "1500 runs of 12 months, not 1501"),
                       (["--panel", "0.1"], "other settings"), (["--claims"], "other settings"),
                       (["--detail"], "other settings")):
        contains(done(*arguments, *more, code=2), "a.h5.journal: was begun", said)
    pathlib.Path("small.yml").write_text(cli.SMALL.replace("0.4}", "0.5}"), encoding="utf-8")
    contains(done(*arguments, code=2), "another scenario")
    assert digest("a.h5.journal") == before and not os.path.exists("a.h5")


@test
def another_build_refuses_to_go_on():
    arguments = unfinished()
    data = bytearray(pathlib.Path("a.h5.journal").read_bytes())
    head = struct.calcsize("<8sIIqQQiIII32s256s256s")
    scenario = struct.unpack_from("<Q", data, 32)[0]
    build = head - 512
    data[build:build + 6] = b"0.0.99"
    struct.pack_into("<I", data, head + scenario, zlib.crc32(data[:head + scenario]))
    pathlib.Path("a.h5.journal").write_bytes(data)
    contains(done(*arguments, code=2), "another build of the program (0.0.99")


if __name__ == "__main__":
    sys.exit(cli.main(tests))
