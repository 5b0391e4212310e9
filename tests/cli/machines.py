#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""machines.py [LIANDONG] [PART OF A NAME] - ranks of an MPI job, on one host and on two, and a Slurm of one node.

Needs the packages of `make deps-check` (Open MPI; Slurm); a test that cannot be tried here says that it did not run, and why.
The program with MPI is built by `make MPI=1`; two hosts are two network namespaces with a cable between them, which only root
can lay; Slurm is started for the test, on ports of its own, and ended after it.
"""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

import test_cli as cli
from test_cli import BINARY, TOP, contains, digest, done, small

RANKED = TOP / "build" / "mpi" / "liandong"
RUNS = ("--runs", "9", "--panel", "0.2", "--claims")
SECONDS = 120
tests = []
built = {}


def test(function):
    tests.append(function)
    return function


def files(folder):
    """The digests of all results and their checksums in a folder."""
    return {path.name: digest(path) for path in pathlib.Path(folder).iterdir() if ".h5" in path.name}


def call(*command, **options):
    settings = dict(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS, check=False,
                    encoding="utf-8")
    settings.update(options)
    return subprocess.run([str(part) for part in command], **settings)


def why_no_ranks():
    """None, or why nothing with MPI can be tried."""
    if "why" not in built:
        missing = [name for name in ("mpicc", "mpirun", "make") if shutil.which(name) is None]
        if missing:
            built["why"] = f"there is no {' and no '.join(missing)} here; `make deps-check` brings Open MPI"
        else:
            process = call("make", "-C", TOP, "MPI=1", "SAN=", "CC=gcc", "build/mpi/liandong", timeout=500,
                           env={key: value for key, value in os.environ.items() if not key.startswith("MAKE")})
            assert process.returncode == 0, process.stdout + process.stderr
            same = call(RANKED, "--version").stdout == call(BINARY, "--version").stdout
            built["why"] = None if same else f"{RANKED} and {BINARY} are different builds"
    return built["why"]


# Open MPI asks root to say that he means it, and counts processors.
MPIRUN = ["mpirun", *(["--allow-run-as-root"] if os.geteuid() == 0 else []), "--oversubscribe"]


def ranks(n, *arguments, code=0, launcher=None):
    process = call(*(launcher or MPIRUN), "-n", n, RANKED, *arguments)
    assert process.returncode == code, f"{n} ranks, {arguments}: exit {process.returncode}\n{process.stdout}\n{process.stderr}"
    return process


def whole(*arguments):
    os.mkdir("whole")
    done(*arguments, "-o", "whole/a.h5", "--quiet")
    return files("whole")


# ---- ranks -------------------------------------------------------------------------------------------------------

@test
def ranks_write_the_bytes_of_a_build_without_them():
    if why_no_ranks():
        return why_no_ranks()
    want = whole("run", small(), *RUNS)
    assert len(want) == 6
    away = 0
    for n in (1, 2, 3, 4):
        for threads in (1, 2):
            os.mkdir("ranked")
            process = ranks(n, "run", "small.yml", *RUNS, "--threads", threads, "-o", "ranked/a.h5")
            assert files("ranked") == want, (n, threads)
            contains(process.stdout, "file:    ranked/a.h5")
            assert process.stdout.count("digest:") == 1
            if n > 1:
                away += int(re.search(rf"ranks: {n}; of 9 runs (\d+) were made by others", process.stderr)[1])
            shutil.rmtree("ranked")
    assert away > 6, away
    os.mkdir("alone")  # the same build without a launcher
    assert call(RANKED, "run", "small.yml", *RUNS, "-o", "alone/a.h5").returncode == 0
    assert files("alone") == want
    return None


@test
def comparisons_sweeps_and_sizes_are_the_same_with_ranks():
    if why_no_ranks():
        return why_no_ranks()
    small()
    pathlib.Path("more.yml").write_text("base: small.yml\npolicies: {risk_pool: {share: {2016-01: 0.6}}}\n", encoding="utf-8")
    compare = ("compare", "small.yml", "more.yml", "--runs", "5", "--runoff", "3", "--placebo", "nudge", "--no-lump-sum",
               "--office")
    pathlib.Path("grants.yml").write_text("base: small.yml\npolicies: {lump_sum: {from: 2016-01}}\n", encoding="utf-8")
    sized = ("compare", "small.yml", "grants.yml", *compare[3:], "--equal-cost", "2e5", "--size", "policies.lump_sum.budget@2016-01=1e6",
             "--months", "24")
    sweep = ("sweep", "small.yml", "--vary", "policies.risk_pool.share=0.2,0.4,0.6", "--runs", "3")
    for arguments in ((*compare, "--rows"), sized, sweep):
        want = whole(*arguments)
        os.mkdir("ranked")
        ranks(3, *arguments, "-o", "ranked/a.h5")
        assert files("ranked") == want, arguments
        assert not [name for name in os.listdir("ranked") if ".h5" not in name or "journal" in name], os.listdir("ranked")
        shutil.rmtree("ranked")
        shutil.rmtree("whole")
    return None


@test
def companions_and_direct_effects_are_the_same_with_ranks():
    if why_no_ranks():
        return why_no_ranks()
    pathlib.Path("help.yml").write_text("base: small.yml\npolicies:\n  incubators: {from: 2016-01, capacity: 5000, budget: 3 亿}\n",
                                        encoding="utf-8")
    arguments = ("compare", small(), "help.yml", "--runs", "5", "--runoff", "3", "--saturation", "0,0.5", "--direct", "3", "--office")
    os.mkdir("whole")
    text = done(*arguments, "-o", "whole/a.h5")
    want = files("whole")
    assert {"a.help-lump-sum.h5", "a.help-placebo.h5", "a.help-at-0.5.h5", "a.direct.h5"} <= set(want), sorted(want)
    for n in (1, 2, 3, 4):
        os.mkdir("ranked")
        process = ranks(n, *arguments, "--threads", n % 2 + 1, "-o", "ranked/a.h5")
        assert files("ranked") == want, n
        assert process.stdout == text.replace("whole/", "ranked/"), n
        assert process.stderr.count("were made by others than the first") == (0 if n == 1 else 2), process.stderr
        shutil.rmtree("ranked")
    ranks(2, *arguments, "--shard", "1/1", "-o", "1.part")  # and shards of both jobs, made by ranks
    ranks(2, "merge", "1.part", "-o", "first.h5")
    ranks(3, "companions", "first.plan", "--shard", "1/2", "-o", "1.more")
    ranks(2, "companions", "first.plan", "--shard", "2/2", "-o", "2.more")
    os.mkdir("ranked")
    ranks(2, "merge", "1.part", "1.more", "2.more", "-o", "ranked/a.h5")
    assert files("ranked") == want
    process = ranks(3, "companions", "none.plan", code=4)
    assert process.stderr.count("cannot read none.plan") == 1, process.stderr
    return None


@test
def ranks_make_shards():
    if why_no_ranks():
        return why_no_ranks()
    want = whole("run", small(), *RUNS)
    for shard in (1, 2):
        ranks(2, "run", "small.yml", *RUNS, "--shard", f"{shard}/2", "-o", f"{shard}.part")
    os.mkdir("ranked")
    ranks(2, "merge", "1.part", "2.part", "-o", "ranked/a.h5")
    assert files("ranked") == want
    return None


@test
def what_is_wrong_is_said_once_by_all_ranks_together():
    if why_no_ranks():
        return why_no_ranks()
    for arguments, code, said in ((("run", "nowhere"), 2, "no scenario or place is called 'nowhere'"),
                                  (("run", small(), "--rnus", "3"), 2, "unknown option '--rnus'; did you mean '--runs'?"),
                                  (("run", "small.yml", "--set", "credit.base_rat=3"), 2, "did you mean 'credit.base_rate'?"),
                                  (("run", "small.yml", "--runs", "5", "-o", "/dev/full"), 4, "/dev/full: cannot write"),
                                  (("run", "small.yml", "--runs", "5", "-o", "no/a.h5"), 4, "no/a.h5.journal: cannot open")):
        process = ranks(3, *arguments, code=code)
        assert process.stderr.count(said) == 1, (arguments, process.stderr)
    assert ranks(3, "schedule").stdout == done("schedule")
    assert not list(pathlib.Path().glob("*.h5*"))
    return None


@test
def an_error_of_one_rank_ends_all_of_them_and_is_told_by_the_first():
    shim = BINARY.parent / "faults.so"
    if why_no_ranks() or not shim.exists():
        return why_no_ranks() or f"{shim} is not built; `make test` builds it"
    arguments = [str(RANKED), "run", small(), "--runs", "40", "-o", "a.h5"]
    faulty = ["env", f"LD_PRELOAD={shim}", "FAULT_CALL=memory"]
    one = call(*faulty, "FAULT_COUNT=count", *arguments[:3], "--runs", "2", "-o", "b.h5", "--threads", "1")
    assert one.returncode == 0
    calls = int(pathlib.Path("count").read_text(encoding="ascii"))
    seen = set()
    for nth, lasting in ((calls // 4, []), (calls // 2, ["FAULT_LASTING=1"]), (3 * calls // 4, []), (calls, [])):
        process = call(*MPIRUN, "-n", "1", *arguments, ":", "-n", "1", *faulty, f"FAULT_NTH={nth}", "FAULT_HOW=12", *lasting,
                       *arguments)
        seen.add(process.returncode)
        if process.returncode == 0:  # only what a cache needed
            os.unlink("a.h5")
            continue
        assert process.returncode == 3, (nth, process.returncode, process.stderr)
        assert process.stderr.count("liandong: error: ") == 1, process.stderr
        assert not os.path.exists("a.h5")
    assert 3 in seen, seen
    assert ranks(2, *arguments[1:]).returncode == 0
    done("run", "small.yml", "--runs", "40", "-o", "c.h5", "--quiet")
    assert digest("a.h5") == digest("c.h5")
    return None


@test
def a_killed_job_goes_on_with_any_number_of_ranks_or_none():
    if why_no_ranks():
        return why_no_ranks()
    arguments = ("run", small(), "--runs", "400")
    done(*arguments, "-o", "whole.h5", "--quiet")
    clean = "-dirty" not in call(RANKED, "--version").stdout  # else a build is named by its bytes
    for victim, after in (("first", 2), ("last", 4), ("launcher", 3), ("first", 0)):
        process = subprocess.Popen([*MPIRUN, "-n", "3", str(RANKED), *arguments, "-o", "a.h5"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not os.path.exists("a.h5.journal") or os.path.getsize("a.h5.journal") < 1000000:
            time.sleep(0.005)
        kill(process, victim)
        process.wait(timeout=60)
        settle()
        assert not os.path.exists("a.h5"), victim
        if after > 0:
            text = ranks(after, *arguments, "-o", "a.h5").stderr
        else:
            text = call(BINARY if clean else RANKED, *arguments, "-o", "a.h5").stderr
        contains(text, "of 400 runs are there; going on")
        assert digest("a.h5") == digest("whole.h5"), victim
        os.unlink("a.h5")
        os.unlink("a.h5.sha256")
    return None


def descendants(pid):
    found = []
    for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
        found += [int(child), *descendants(int(child))]
    return found


def kill(process, victim):
    pids = sorted(descendants(process.pid))
    os.kill({"first": pids[0], "last": pids[-1], "launcher": process.pid}[victim], signal.SIGKILL)


def settle(seconds=20):
    """Waits until nobody has the journal open: what lost its launcher ends a little later."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and call("sh", "-c", "ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q 'a.h5.journal'").returncode == 0:
        time.sleep(0.1)


# ---- two hosts ---------------------------------------------------------------------------------------------------
HOSTS = {1: "10.213.7.1", 2: "10.213.7.2"}
AGENT = """#!/bin/sh
# what mpirun takes for ssh: agent ADDRESS COMMAND...
host=${1##*.}
shift
exec ip netns exec SPACE$host unshare --uts sh -c "hostname ldhost$host; cd $PWD; $*"
"""
SPACE = f"liandong-{os.getpid()}-"  # others may try the same at the same time


@contextlib.contextmanager
def two_hosts():
    """Two network namespaces and a cable; gives None, or why this machine does not let us lay it."""
    laid = []
    try:
        yield lay(laid)
    finally:
        for name in laid:
            call("ip", "netns", "del", name)


def lay(laid):
    for tool in ("ip", "unshare"):
        if shutil.which(tool) is None:
            return f"there is no `{tool}` here"
    for host in HOSTS:
        process = call("ip", "netns", "add", f"{SPACE}{host}")
        if process.returncode != 0:
            return f"this machine lets nobody make a network namespace: {process.stderr.strip()}"
        laid.append(f"{SPACE}{host}")
    for command in (["link", "add", "cable1", "netns", f"{SPACE}1", "type", "veth", "peer", "name", "cable2", "netns", f"{SPACE}2"],
                    *(["-n", f"{SPACE}{host}", "addr", "add", f"{address}/24", "dev", f"cable{host}"]
                      for host, address in HOSTS.items()),
                    *(["-n", f"{SPACE}{host}", "link", "set", device, "up"] for host in HOSTS
                      for device in ("lo", f"cable{host}"))):
        process = call("ip", *command)
        if process.returncode != 0:
            return f"this machine lets nobody lay a cable between namespaces: {process.stderr.strip()}"
    process = call("ip", "netns", "exec", f"{SPACE}1", "unshare", "--uts", "hostname", "ldhost1")
    return None if process.returncode == 0 else f"this machine lets nobody name a host: {process.stderr.strip()}"


@test
def ranks_on_two_hosts_write_the_same_bytes():
    if why_no_ranks():
        return why_no_ranks()
    want = whole("run", small(), *RUNS)
    pathlib.Path("agent").write_text(AGENT.replace("SPACE", SPACE), encoding="utf-8")
    os.chmod("agent", 0o700)
    network = "10.213.7.0/24"
    with two_hosts() as why_not:
        if why_not:
            return why_not
        launcher = ["ip", "netns", "exec", f"{SPACE}1", "unshare", "--uts", "sh", "-c", 'hostname ldhost1; exec "$@"', "launch",
                    *MPIRUN, "--mca", "plm_rsh_agent", f"{os.getcwd()}/agent", "--mca", "oob_tcp_if_include", network, "--mca",
                    "btl", "tcp,self", "--mca", "btl_tcp_if_include", network]
        names = ranks(4, "--version", launcher=[*launcher, "--host", "10.213.7.1:2,10.213.7.2:2", "-n", "4", "hostname", ":"])
        assert {"ldhost1", "ldhost2"} <= set(names.stdout.split()), names.stdout
        for hosts in ("10.213.7.1:2,10.213.7.2:2", "10.213.7.1:1,10.213.7.2:3"):
            os.mkdir("ranked")
            process = ranks(4, "run", "small.yml", *RUNS, "--threads", "2", "-o", "ranked/a.h5",
                            launcher=[*launcher, "--host", hosts])
            contains(process.stderr, "ranks: 4; of 9 runs ")
            assert files("ranked") == want
            shutil.rmtree("ranked")
    return None


# ---- Slurm -------------------------------------------------------------------------------------------------------
SLURM = """\
ClusterName=liandong
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port[0]}
SlurmdPort={port[1]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/none
CredType=cred/none
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=1
MpiDefault=none
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=60 State=UP
"""


def free_ports(n):
    sockets = [socket.socket() for _ in range(n)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


@contextlib.contextmanager
def slurm():
    """A Slurm of one node; gives None, or why it did not start.  auth/none: nobody but us knows its ports."""
    folder, running = os.getcwd(), []
    missing = [name for name in ("slurmctld", "slurmd", "sbatch", "srun") if shutil.which(name) is None]
    if missing:
        yield f"there is no {' and no '.join(missing)} here; `make deps-check` brings Slurm"
        return
    os.mkdir("state")
    os.mkdir("spool")
    user = call("id", "-un").stdout.strip()
    pathlib.Path("slurm.conf").write_text(SLURM.format(host=socket.gethostname(), port=free_ports(2), user=user, folder=folder),
                                          encoding="utf-8")
    os.environ.update(SLURM_CONF=f"{folder}/slurm.conf", LIANDONG=str(BINARY))
    try:
        for daemon in ("slurmctld", "slurmd"):
            with open(f"{daemon}.log", "wb") as log:
                running.append(subprocess.Popen([daemon, "-D"], stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        yield wait_for_node()
    finally:
        call("scancel", "--state=PENDING", "--user", user)
        for process in reversed(running):
            process.terminate()
        for process in running:
            process.wait(timeout=30)
        del os.environ["SLURM_CONF"], os.environ["LIANDONG"]


def wait_for_node():
    for _ in range(100):
        if call("sinfo", "-h", "-o", "%t").stdout.strip() == "idle":
            return None
        time.sleep(0.2)
    logs = "".join(pathlib.Path(f"{name}.log").read_text(encoding="utf-8", errors="replace")[-300:] for name in ("slurmctld", "slurmd"))
    return f"Slurm does not start here: {' '.join(logs.split())}"


def wait_for_jobs():
    for _ in range(300):
        if call("squeue", "-h").stdout.strip() == "":
            return
        time.sleep(0.2)
    raise AssertionError(call("squeue").stdout)


def logged(name):
    return "".join(path.read_text(encoding="utf-8") for path in sorted(pathlib.Path().glob(name)))


@test
def slurm_arrays_tasks_and_ranks_write_the_bytes_of_one_process():
    scripts = TOP / "scenarios" / "cluster"
    want = whole("run", small(), *RUNS)
    with slurm() as why_not:
        if why_not:
            return why_not
        os.environ["SBATCH_OPTIONS"] = "--output=array-%a.log"
        for name, command in (("array", [scripts / "submit.sh", "3"]),
                              ("tasks", ["sbatch", "--wait", "--output=tasks.log", "--ntasks=2", scripts / "tasks.sh"])):
            os.mkdir(name)
            process = call(*command, f"{name}/a.h5", "run", "small.yml", *RUNS)
            assert process.returncode == 0, process.stderr + logged("*.log")
            wait_for_jobs()
            assert files(name) == want, (name, files(name), logged(f"{name}*.log"))
        comparison(scripts)
        lost_task(scripts, want)
        if why_no_ranks():
            return f"ranks did not run ({why_no_ranks()}); array and tasks did"
        os.mkdir("ranks")
        os.environ["LIANDONG"] = str(RANKED)
        process = call("sbatch", "--wait", "--output=ranks.log", "--ntasks=3", scripts / "ranks.sh", "ranks/a.h5", "run", "small.yml",
                       *RUNS)
        plugins = call("srun", "--mpi=list")
        if process.returncode != 0 and "pmix" not in plugins.stdout + plugins.stderr:
            return "ranks did not run: this Slurm knows no pmix; array and tasks did"
        assert process.returncode == 0, logged("ranks.log")
        contains(logged("ranks.log"), "ranks: 3; of 9 runs ")
        assert files("ranks") == want
    return None


def comparison(scripts):
    """Its companions are a second array, or a second step of the tasks."""
    pathlib.Path("help.yml").write_text("base: small.yml\npolicies:\n  incubators: {from: 2016-01, capacity: 5000, budget: 3 亿}\n",
                                        encoding="utf-8")
    arguments = ("compare", "small.yml", "help.yml", "--runs", "5", "--runoff", "3")
    os.mkdir("both")
    done(*arguments, "-o", "both/a.h5", "--quiet")
    want = files("both")
    assert "a.help-lump-sum.h5" in want and "a.help-placebo.h5" in want
    for name, command in (("pairs", [scripts / "submit.sh", "3"]),
                          ("steps", ["sbatch", "--wait", "--output=steps.log", "--ntasks=2", scripts / "tasks.sh"])):
        os.mkdir(name)
        process = call(*command, f"{name}/a.h5", *arguments)
        assert process.returncode == 0, process.stderr + logged("*.log")
        wait_for_jobs()
        assert files(name) == want and len(os.listdir(name)) == len(want), (name, os.listdir(name), logged("*.log"))


def lost_task(scripts, want):
    """A task of an array that failed is given again alone; the merge before that refuses."""
    os.mkdir("lost")
    for shard in ("1", "3"):
        call("sbatch", "--wait", f"--array={shard}", "--output=lost.log", scripts / "array.sh", "3", "lost/a.h5", "run", "small.yml",
             *RUNS)
    assert call("sbatch", "--wait", "--output=merge.log", scripts / "merge.sh", "3", "lost/a.h5").returncode != 0
    contains(logged("merge.log"), "lost/a.h5.2.shard: cannot open")
    assert not os.path.exists("lost/a.h5")
    assert call("sbatch", "--wait", "--array=2", "--output=lost.log", scripts / "array.sh", "3", "lost/a.h5", "run", "small.yml",
                *RUNS).returncode == 0
    assert call("sbatch", "--wait", "--output=merge.log", scripts / "merge.sh", "3", "lost/a.h5").returncode == 0, logged("merge.log")
    assert files("lost") == want and len(os.listdir("lost")) == len(want)


if __name__ == "__main__":
    sys.exit(cli.main(tests))
