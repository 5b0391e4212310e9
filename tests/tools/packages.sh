#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# packages.sh NAME... - installs the Debian packages that are missing; says nothing if none is.  Asks no question.
set -eu
missing=
for name in "$@"; do
    case $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true) in
    installed) ;;
    *) missing="$missing $name" ;;
    esac
done
test -n "$missing" || exit 0
if ! command -v apt-get >/dev/null; then
    echo "not a Debian system; please install what these packages hold:$missing" >&2
    exit 1
fi
root=
if [ "$(id -u)" -ne 0 ]; then
    root=sudo
fi
echo "installing$missing"
$root apt-get -qq update
# shellcheck disable=SC2086 # a list of names
$root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $missing >/dev/null
