#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""parameter-rules.py - what a parameter may be (docs/contributing.md).  Run from the top of the tree.

1 it acts on something of the closed list ACTS in params.h, and says where its default comes from;
2 something reads it: a parameter that nothing reads is a control that is not connected;
3 a policy instrument acts on money, rules, hours, knowledge - never on preferences, technology or nature;
4 no parameter *is* an outcome (a rate of approval, of survival ...): those come out of the model.  The group closed_form
  is there to be compared with theory, and exempt.
"""
import pathlib
import re
import sys

INCLUDE = pathlib.Path("include/liandong")
FIELDS = "group name kind unit default min max acts flags source en zh".split()
OUTCOME_NAME = re.compile(r"(^|_)(approval|survival|listing|default|failure|entry|leverage|additional\w*)_?"
                          r"(rate|prob|probability|chance|share|boost|multiplier|bonus|uplift|effect)s?$")
OUTCOME_TEXT = re.compile(r"\b(probability|chance|likelihood|odds|rate) (of|that|to)\b[^,;:]*"
                          r"\b(approv\w+|surviv\w+|list(ed|ing)|fail\w*|default\w*|enter\w*|entry|additional\w*)\b")
NOT_FOR_POLICIES = {"PREFERENCE", "TECHNOLOGY", "NATURE", "NUMERICS", "CLOSED_FORM"}


def without_comments(text):
    return re.sub(r"/\*.*?\*/", lambda match: re.sub(r"[^\n]", " ", match[0]), text, flags=re.S)


def calls(text, names):
    """(position, name, [arguments]) of each NAME(...) in the text; strings may hold commas and brackets."""
    for match in re.finditer(rf"\b({'|'.join(names)})\(", text):
        depth, at, arguments, begin = 1, match.end(), [], match.end()
        while depth > 0:
            if text[at] == '"':
                at = re.compile(r'"(?:\\.|[^"\\])*"').match(text, at).end()
                continue
            depth += {"(": 1, ")": -1}.get(text[at], 0)
            if depth == 0 or (depth == 1 and text[at] == ","):
                arguments.append(text[begin:at].strip())
                begin = at + 1
            at += 1
        yield match.start(), match[1], arguments


def parameters():
    text = without_comments((INCLUDE / "params.def").read_text(encoding="utf-8"))
    define = re.search(r"^#define POLICY_COMMON\(g\)((?:.*\\\n)*.*\n)", text, re.M)
    common = [a for _, _, a in calls(define[1].replace("\\\n", "\n"), ["PARAM"])]
    body = text[:define.start()] + re.sub(r"[^\n]", " ", define[0]) + text[define.end():]
    scope = {}
    for at, what, arguments in calls(body, ["GROUP", "PARAM", "POLICY_COMMON"]):
        line = body.count("\n", 0, at) + 1
        if what == "GROUP":
            scope[arguments[0]] = arguments[1]
            continue
        for given in [arguments] if what == "PARAM" else [[arguments[0], *rest[1:]] for rest in common]:
            row = dict(zip(FIELDS, given))
            row.update(line=line, scope=scope.get(row["group"]), common=what == "POLICY_COMMON", fields=len(given))
            yield row


def with_macros(text, macros):
    """A source file with what the headers' macros of parameters, NAME(q), read for it."""
    return text + "".join(body for name, body in macros.items() if re.search(rf"\b{name}\(", text))


def is_read(row, sources):
    """Is there a file that speaks of the group and reads a member of that name?"""
    group = r"\bpolicy_common\b|\bLINE_COMMON\b" if row["common"] else rf"\b{row['group']}(_params)?\b"
    member = rf"(->|\.)\s*{row['name']}\b"
    return any(re.search(member, text) and re.search(group, text) for text in sources)


def faults(row, acts, sources):
    if row["fields"] != len(FIELDS):
        yield f"has {row['fields']} fields, not {len(FIELDS)}"
        return
    if row["scope"] is None:
        yield "stands outside of its group"
    if row["acts"] not in acts:
        yield f"acts on {row['acts']}, which is not in ACTS of params.h"
    if row["scope"] == "POLICY" and row["acts"] in NOT_FOR_POLICIES:
        yield f"is of an instrument and acts on {row['acts']}"
    if not row["source"].strip('"').strip():
        yield "does not say where its default comes from"
    if not is_read(row, sources):
        yield "is read by nothing in sim/"
    if row["group"] != "closed_form":
        if OUTCOME_NAME.search(row["name"]) or OUTCOME_TEXT.search(row["en"].lower()):
            yield "is an outcome; outcomes come out of the model"


def main():
    acts = set(re.findall(r"X\((\w+), \"", (INCLUDE / "params.h").read_text(encoding="utf-8")))
    files = [*pathlib.Path("sim").rglob("*.c"), *INCLUDE.glob("*.h")]
    sources = [without_comments(path.read_text(encoding="utf-8")) for path in files]
    macro = re.compile(r"^#define (\w+)\(q\b[^)]*\)((?:.*\\\n)*.*\n)", re.M)
    macros = {name: body for text in sources for name, body in macro.findall(text)}
    sources = [with_macros(text, macros) for text in sources]
    bad, n = 0, 0
    for row in parameters():
        n += 1
        for fault in faults(row, acts, sources):
            bad += 1
            print(f"include/liandong/params.def:{row['line']}: {row['group']}.{row['name']} {fault}")
    if bad == 0:
        print(f"parameter-rules: {n} parameters, no breach")
    return 1 if bad or n == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
