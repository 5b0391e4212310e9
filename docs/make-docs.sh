#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make-docs.sh LIANDONG FOLDER - the documents that follow from the program's own tables: six lists, man page, completion.
# Commands and options are those that its --help prints.
set -eu
program=$1
folder=$2
mkdir -p "$folder"
LC_ALL=C.UTF-8 LANG=C.UTF-8
export LC_ALL LANG

for list in params instruments series schedule flows; do
    name=$list
    test $list != params || name=parameters
    {
        echo "<!-- made by docs/make-docs.sh; do not edit -->"
        "$program" $list --format md --lang en
    } >"$folder/$name.md"
done

{
    echo "<!-- made by docs/make-docs.sh; do not edit -->"
    "$program" coupling --methods --format md --lang en
} >"$folder/coupling.md"

# "  name ARGUMENTS   what it does", one line a command
"$program" --help --lang en | grep -E '^  [a-z]+( |$)' | sed 's/^  //' >"$folder/commands.tmp"
commands=$(sed 's/ .*//' "$folder/commands.tmp" | tr '\n' ' ' | sed 's/ $//')
options() {
    "$program" "$1" --help --lang en | grep -oE '(^|[^-a-z])--[a-z][-a-z]*' | grep -oE -- '--[-a-z]+' | sort -u | tr '\n' ' ' |
        sed 's/ $//'
}
version=$("$program" --version | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -n 1)
escape() {
    sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^\([.']\)/\\\\\&\1/"
}

{
    cat <<END_OF_HEAD
.\\" made by docs/make-docs.sh; do not edit
.TH LIANDONG 1 "" "liandong $version" "User Commands"
.SH NAME
liandong \\- simulate the enterprises, banks, investors and policies of a region's technology finance
.SH SYNOPSIS
.B liandong
.I COMMAND
[\\fIARGUMENT\\fR]...
.SH COMMANDS
END_OF_HEAD
    while read -r name rest; do
        echo ".SS $name"
        echo ".nf"
        "$program" "$name" --help --lang en | escape
        echo ".fi"
    done <"$folder/commands.tmp"
    cat <<'END_OF_TAIL'
.SH EXIT STATUS
.TP
0
done
.TP
1
the run's own verdict is bad: money was lost, or a validation failed
.TP
2
wrong usage, or an error in a scenario; every error is printed as file:line:column
.TP
3
out of memory
.TP
4
a file cannot be read or written, or the disk is full
.TP
130
interrupted; the same command goes on where it was
.SH ENVIRONMENT
.TP
LIANDONG_SCENARIOS
folder of shipped scenarios, instead of the installed one
.TP
LIANDONG_CACHE
folder of seasoned worlds instead of ~/.cache/liandong, or off
.TP
LIANDONG_CACHE_SIZE
most that folder may hold, in MB; 2048 by default
.TP
LANG
zh speaks Chinese, as \-\-lang zh does
END_OF_TAIL
} >"$folder/liandong.1"

{
    echo "# made by docs/make-docs.sh; do not edit"
    echo "_liandong() {"
    echo "    local word=\${COMP_WORDS[COMP_CWORD]} options="
    echo "    if [ \"\$COMP_CWORD\" -eq 1 ]; then"
    echo "        mapfile -t COMPREPLY < <(compgen -W '$commands' -- \"\$word\")"
    echo "        return"
    echo "    fi"
    echo "    case \${COMP_WORDS[1]} in"
    for command in $commands; do
        echo "    $command) options='$(options "$command")' ;;"
    done
    echo "    esac"
    echo "    case \$word in"
    echo "    -*) mapfile -t COMPREPLY < <(compgen -W \"\$options\" -- \"\$word\") ;;"
    echo "    *) mapfile -t COMPREPLY < <(compgen -f -- \"\$word\") ;;"
    echo "    esac"
    echo "}"
    echo "complete -o filenames -F _liandong liandong"
} >"$folder/liandong.bash"
rm -f "$folder/commands.tmp"
