#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""names.py [BUILD] - what `nm` says of the engine (BUILD/libliandong-engine.a, BUILD is build if not given).

1 nothing is called that the C library's mathematics exports: log and exp of libm differ from machine to machine;
2 no variable can change;
3 an exported name begins with its file, a header of its room or a struct of the headers (region_compact), stands in a
  header of the month, or is an instrument;
4 no name is exported twice by the program's libraries: the linker would silently take the first.
"""
import pathlib
import re
import subprocess
import sys

import layers

# Further beginnings, by file: values without a struct.
ALSO = {"mathx": ["ld"], "diag": ["nearest", "message"], "encoding": ["utf8", "text"], "value": ["number", "month"],
        "params": ["acts", "choice"], "prepare": ["potential", "cohort", "precision"], "regions": ["removal"],
        "measure": ["series"], "units": ["source"]}


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def objects(library):
    """(object, [(type, name)]) for each member of the library."""
    for member in output("nm", "--no-sort", library).split("\n\n"):
        lines = member.strip().splitlines()
        if lines:
            symbols = [re.match(r"^[0-9a-f ]{16} (\S) (\S+)", line) for line in lines[1:]]
            yield lines[0].rstrip(":"), [(match[1], match[2]) for match in symbols if match]


def mathematics():
    path = output("gcc", "-print-file-name=libm.so.6").strip()
    return {line.split()[-1].split("@")[0] for line in output("nm", "-D", "--defined-only", path).splitlines()}


def writable(library):
    """Variables outside of .data.rel.ro, which the loader fills and then closes."""
    for line in output("objdump", "-t", library).splitlines():
        match = re.match(r"^[0-9a-f]{16} .{7} (\.t?data(?!\.rel\.ro)\S*|\.t?bss\S*|\*COM\*)\t[0-9a-f]+\s+(\S+)$", line)
        if match and not match[2].startswith(".") and "asan" not in match[2]:
            yield match[2]


def stems(stem):
    return {stem, stem.rstrip("s"), stem + "s"}


def structs():
    """object_verb: the objects are the structs and enums of the headers."""
    text = "".join(path.read_text(encoding="utf-8") for path in pathlib.Path("include/liandong").glob("*.h"))
    return set().union(*(stems(name) for name in re.findall(r"^(?:struct|enum) (\w+) \{", text, re.M)))


def carries(symbol, beginnings):
    symbol = symbol.removeprefix("n_")
    return any(symbol == name or symbol.startswith(name + "_") for name in beginnings)


def listed():
    """What happens in a month is a verb (firms_sell): the month's own headers list it.  Instruments have a list too."""
    text = "".join(pathlib.Path(f"include/liandong/{name}.h").read_text(encoding="utf-8")
                   for name, room in layers.ROOM.items()
                   if room == "month" and pathlib.Path(f"include/liandong/{name}.h").exists())
    names = set(re.findall(r"^[a-z][\w ]*?[ *](\w+)\([^;{]*\);", text, re.M))
    text = pathlib.Path("include/liandong/instruments.def").read_text(encoding="utf-8")
    return names | set(re.findall(r"^INSTRUMENT\((\w+),", text, re.M))


def twice(build):
    """Names that two objects of the engine and of what stands around it export."""
    homes = {}
    for library in ("engine", "rest"):
        for name, symbols in objects(f"{build}/libliandong-{library}.a"):
            for kind, symbol in symbols:
                if kind in "TDRBCG":
                    homes.setdefault(symbol, []).append(name.removesuffix(".o") + ".c")
    return [f"{symbol} is exported by {' and '.join(files)}" for symbol, files in homes.items() if len(files) > 1]


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build"
    library = f"{build}/libliandong-engine.a"
    room = {path.stem: path.parent.name for folder in layers.ENGINE for path in pathlib.Path("sim", folder).glob("*.c")}
    headers = {here: [name for name, where in layers.ROOM.items() if where == here] for here in layers.ENGINE}
    libm, known, objects_of_all, breaches, exported = mathematics(), listed(), structs(), [], 0
    for name, symbols in objects(library):
        stem = name.removesuffix(".o")
        good = set().union(*(stems(header) for header in headers[room[stem]]), stems(stem),
                           ALSO.get(stem, []), objects_of_all)
        for kind, symbol in symbols:
            if kind == "U" and symbol in libm:
                breaches.append(f"{stem}.c calls {symbol} of libm; include/liandong/mathx.h has one of ours")
            if kind in "TDRBCG":
                exported += 1
                if symbol not in known and not carries(symbol, good):
                    breaches.append(f"{stem}.c exports {symbol}, which does not begin as it should")
    breaches += [f"{variable} can change: there are no global variables in the engine" for variable in writable(library)]
    breaches += twice(build)
    print("\n".join(breaches) or f"names: {exported} exported, no breach")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
