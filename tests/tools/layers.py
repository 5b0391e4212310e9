#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""layers.py - a file includes only its own layer or a lower one; there are no circles; the engine stays an engine.

Run from the top of the tree.  Prints every breach as file:line, exit 1 if there is one.
"""
import pathlib
import re
import sys

# Which room may see which, itself left out.  analysis reads results and never the world.
SEES = {
    "base": [],
    "world": ["base"],
    "month": ["base", "world"],
    "policy": ["base", "world", "month"],
    "run": ["base", "world", "month", "policy"],
    "io": ["base", "world", "run"],
    "analysis": ["base", "io"],
    "commands": ["base", "world", "month", "policy", "run", "io", "analysis"],
}
# A header belongs to the room of the .c file of its name; these have none.  One that is neither here nor there is an error,
# so that its author decides.
HEADERS = {
    "run": "crc32 ranks",
    "base": "fetch memory money rng",
    "world": "agenda agents buyers engine enterprises equity instances issuers issues leases loans measure outbox params series table tally",
    "month": "credit instrument month planning",
    "io": "layers run yaml_tree",
    "commands": "references",
}
# A list belongs to the header that makes an enum or a table of it.
LISTS = {"draws": "rng", "accounts": "ledger", "flows": "ledger", "enterprise": "enterprises", "loan": "loans",
         "items": "tally", "aliases": "params", "needs": "notes", "units": "units", "sources": "units", "references": "references", "bank_items": "tally", "class_items": "tally", "facts": "observe", "partners": "equity", "instruments": "registry",
         "follow_ups": "coupling_spec"}
ENGINE = ["base", "world", "month", "policy"]
ROOM = {path.stem: path.parent.name for path in pathlib.Path("sim").glob("*/*.c")}
ROOM.update({path.stem: "analysis" for path in pathlib.Path("analysis").glob("*.c")})
ROOM.update({name: room for room, names in HEADERS.items() for name in names.split()})
ROOM.update({name: ROOM.get(header) for name, header in LISTS.items()})
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
NOT_IN_ENGINE = re.compile(r"\b(exit|_exit|fopen|open|printf|fprintf|vfprintf|puts|fputs|fputc|fwrite|system|getenv)\s*\(")
FOREIGN = {"hdf5.h", "yaml.h", "zlib.h", "omp.h"}
PRINTS = {"diag"}                 # the one pair of files of the engine that prints: BUG, diag_print

breaches = []


def breach(path, line, text):
    breaches.append(f"{path}:{line}: {text}")


def room_of(path):
    parts = path.parts
    if parts[0] == "include":
        return ROOM.get(path.stem)
    if parts[0] == "analysis":
        return "analysis"
    return parts[1] if len(parts) == 3 else "commands"


def code_of(text):
    """The text without comments and strings, lines kept."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match[0])
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.S)


def includes(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[1], match[2]


def check_includes(path, room):
    for number, kind, name in includes(path):
        if name in FOREIGN and room in ENGINE and "pragma omp" not in path.read_text(encoding="utf-8"):
            breach(path, number, f"the engine does not know <{name}>")
        if kind == '"':
            if not (path.parent / name).exists():
                breach(path, number, f'"{name}" is not in this folder')
            continue
        if not name.startswith("liandong/"):
            continue
        target = ROOM.get(pathlib.PurePath(name).stem)
        if target is None:
            breach(path, number, f"<{name}> has no room; add it to tests/tools/layers.py")
        elif target != room and target not in SEES[room]:
            breach(path, number, f"{room} does not see {target} (<{name}>)")


def check_engine(path):
    text = code_of(path.read_text(encoding="utf-8"))
    for number, line in enumerate(text.splitlines(), 1):
        match = NOT_IN_ENGINE.search(line)
        if match and path.stem not in PRINTS:
            breach(path, number, f"no {match[1]}() in the engine")


def check_circles(headers):
    edges = {path.name: [pathlib.PurePath(name).name for _, _, name in includes(path) if name.startswith("liandong/")]
             for path in headers if path.suffix == ".h"}
    done = set()

    def visit(name, trail):
        if name in trail:
            breach("include/liandong/" + name, 1, "a circle: " + " -> ".join(trail[trail.index(name):] + [name]))
        elif name not in done:
            for target in edges.get(name, []):
                visit(target, trail + [name])
            done.add(name)
    for name in sorted(edges):
        visit(name, [])


def main():
    headers = sorted(pathlib.Path("include/liandong").iterdir())
    sources = sorted([*pathlib.Path("sim").rglob("*.[ch]"), *pathlib.Path("analysis").glob("*.[ch]")])
    for path in headers + sources:
        room = room_of(path)
        if room not in SEES:
            breach(path, 1, "this file has no room; add it to tests/tools/layers.py")
            continue
        check_includes(path, room)
        if room in ENGINE:
            check_engine(path)
    check_circles(headers)
    threads = [path for path in sources if "pragma omp" in path.read_text(encoding="utf-8")]
    for path in sources:
        if "<mpi.h>" in path.read_text(encoding="utf-8") and path.name != "ranks_mpi.c":
            breach(path, 1, "sim/run/ranks_mpi.c alone knows MPI")
    for path in threads[1:]:
        breach(path, 1, f"{threads[0]} knows OpenMP already")
    print("\n".join(breaches) or f"layers: {len(headers) + len(sources)} files, no breach")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
