#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""messages.py - every text of an error, a warning or a note (diag_fail, diag_stop, diag_warn, diag_note) stands in sim/base/messages.def,
with its Chinese."""
import pathlib
import re
import sys

LITERAL = r'"(?:[^"\\]|\\.)*"'
TEXT = re.compile(rf'(?:{LITERAL}|PRI\w+)(?:\s*(?:{LITERAL}|PRI\w+))*')
SAME = {"%s"}  # what another has said already


def joined(text):
    """One text of adjacent literals; a PRI macro stands as itself."""
    return "".join(part if part.startswith("PRI") else part[1:-1] for part in re.findall(rf'{LITERAL}|PRI\w+', text))


def arguments(text, start):
    """The arguments of a call whose '(' is before `start`."""
    depth, found, at = 0, [""], start
    while depth >= 0:
        literal = re.compile(LITERAL).match(text, at)
        if literal:
            found[-1] += literal[0]
            at = literal.end()
            continue
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if text[at] == "," and depth == 0:
            found.append("")
        elif depth >= 0:
            found[-1] += text[at]
        at += 1
    return found


def main():
    table = pathlib.Path("sim/base/messages.def").read_text(encoding="utf-8")
    known = {joined(arguments(table, match.end())[0]) for match in re.finditer(r"^MESSAGE\(", table, re.M)}
    said = 0
    wrong = []
    for path in sorted([*pathlib.Path("sim").rglob("*.c"), *pathlib.Path("analysis").glob("*.c")]):
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(r"\bdiag_(?:fail|stop|warn|note)\(", text):
            for format_ in TEXT.findall(arguments(text, match.end())[2]):
                said += 1
                if joined(format_) not in known | SAME:
                    wrong.append(f"{path}:{text.count(chr(10), 0, match.start()) + 1}: no Chinese for "
                                 f"'{joined(format_)}': give it a line in sim/base/messages.def")
    if said < 300:
        wrong.append(f"only {said} texts found: the check itself is broken")
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
