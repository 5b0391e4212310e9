#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""run-tests.py [--binary LIANDONG] [--logs FOLDER] TEST... - runs Criterion programs, then the tests of the command line.

One line a program, what went wrong in full, and at the end `N passed, N failed`.  Exit 1 if anything failed.  A program
that runs no test counts as a failure (Criterion itself is content with that), and so does one that leaves a file in
FOLDER, where sanitizers write (inside a test they do not change the exit code).
"""
import argparse
import concurrent.futures
import functools
import glob
import os
import re
import subprocess
import sys
import time

SYNTHESIS = re.compile(r"Tested: (\d+) \| Passing: (\d+) \| Failing: (\d+) \| Crashing: (\d+)")
LINE = re.compile(r"^(\d+) passed, (\d+) failed$", re.M)
SECONDS_A_TEST, SECONDS_A_PROGRAM = "120", 600
KEPT = {"MALLOC_TRIM_THRESHOLD_": str(1 << 30), "MALLOC_MMAP_THRESHOLD_": str(1 << 30)}  # thousands of small worlds in one process


def run(command, environment):
    try:
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=SECONDS_A_PROGRAM, check=False)
        return done.returncode, done.stdout.decode("utf-8", "replace")
    except subprocess.TimeoutExpired as late:
        return -1, (late.stdout or b"").decode("utf-8", "replace") + f"\nstopped after {SECONDS_A_PROGRAM} s\n"
    except OSError as error:
        return -1, f"{error}\n"


def criterion(program, environment):
    code, text = run([program, "--jobs", str(os.cpu_count() or 1), "--timeout", SECONDS_A_TEST, "--ascii",
                      "--color=never"], dict(environment, **KEPT))
    found = SYNTHESIS.findall(text)
    if not found:
        return 0, 1, text
    tested, passed, failed, crashed = (int(number) for number in found[-1])
    bad = failed + crashed
    if tested == 0:
        bad, text = 1, text + "no test was run\n"
    elif code != 0 and bad == 0:
        bad, text = 1, text + f"exit code {code}\n"
    return passed, bad, text


def command_line(binary, script, environment):
    code, text = run([sys.executable, script, binary], environment)
    found = LINE.findall(text)
    if not found:
        return 0, 1, text
    passed, bad = (int(number) for number in found[-1])
    return passed, bad if code == 0 else max(bad, 1), LINE.sub("", text)


def logs(folder):
    if folder is None:
        return ""
    text = ""
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        with open(path, encoding="utf-8", errors="replace") as file:
            text += file.read()
        os.remove(path)
    return text


def timed(kind, what, environment):
    began = time.monotonic()
    return (*kind(what, environment), time.monotonic() - began)


def results(jobs, environment, alone):
    """(name, passed, failed, text, seconds) of each, in order.  Criterion has as many jobs as there are processors; the tests of
    the command line mostly wait for one program, so as many of them go on at a time, unless what is logged must be told apart."""
    for name, kind, what in jobs:
        if kind is criterion:
            yield name, *timed(kind, what, environment)
    with concurrent.futures.ThreadPoolExecutor(1 if alone else os.cpu_count() or 1) as pool:
        later = [(name, pool.submit(timed, kind, what, environment)) for name, kind, what in jobs if kind is not criterion]
        for name, job in later:
            yield name, *job.result()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary")
    parser.add_argument("--logs")
    parser.add_argument("tests", nargs="*")
    options = parser.parse_args()
    environment = dict(os.environ, LC_ALL="C.UTF-8")
    if options.logs is not None:
        os.makedirs(options.logs, exist_ok=True)
        logs(options.logs)
        path = os.path.abspath(os.path.join(options.logs, "log"))
        environment["ASAN_OPTIONS"] = environment["UBSAN_OPTIONS"] = f"log_path={path}"
    jobs = [(test, criterion, test) for test in options.tests]
    if options.binary is not None:
        top = os.path.join(os.path.dirname(__file__), "..")
        for path in sorted(glob.glob(f"{top}/faults/test_*.py")) + sorted(glob.glob(f"{top}/cli/test_*.py")): # the longest first
            jobs.append((os.path.relpath(path), functools.partial(command_line, options.binary), path))
    total_passed = total_failed = 0
    for name, passed, failed, text, seconds in results(jobs, environment, options.logs is not None):
        report = logs(options.logs)
        failed += 1 if report else 0
        print(f"{'ok  ' if failed == 0 else 'FAIL'} {passed:5d} passed {failed:3d} failed {seconds:6.1f} s"
              f"  {name}", flush=True)
        if not failed: # what could not be tried here is never passed over in silence
            print("".join(f"       {line}\n" for line in text.splitlines() if line.startswith("not run: ")), end="", flush=True)
        if failed:
            print(text + report, flush=True)
        total_passed += passed
        total_failed += failed
    print(f"{total_passed} passed, {total_failed} failed")
    return 0 if total_failed == 0 and total_passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
