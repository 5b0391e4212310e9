#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# same-worlds.sh OLD NEW [SCENARIO...] - do two builds of liandong live the same worlds?  Prints the digest of each scenario, by
# default of all that are shipped; exit 1 if two differ.  For changes that may alter speed and nothing else; OLD is a copy of
# build/liandong made before the change, kept in build/ where it finds the scenarios.  MONTHS=24: of each world.
set -eu
old=$1 new=$2
shift 2
test $# -gt 0 || set -- $(ls scenarios/places scenarios/policies scenarios/stress | sed -n 's/\.yml$//p')
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
bad=0
digest() {
    "$1" run "$2" --no-cache --lang=en --months="${MONTHS:-24}" -o "$dir/$3.h5" >"$dir/out" 2>&1 || { cat "$dir/out" >&2; return 1; }
    sed -n 's/^digest: *//p' "$dir/out"
    rm -f "$dir/$3".h5*
}
for scenario in "$@"; do
    one=$(digest "$old" "$scenario" old) two=$(digest "$new" "$scenario" new)
    verdict=same
    test -n "$one" && test "$one" = "$two" || { verdict=DIFFER; bad=1; }
    echo "$verdict  $two  $scenario"
done
exit $bad
