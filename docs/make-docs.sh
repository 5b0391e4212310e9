#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make-docs.sh LIANDONG FOLDER - the documents that follow from the program's own tables: lists, man page, completion.
# Commands and options are those that its --help prints.
set -eu
program=$1
folder=$2
mkdir -p "$folder"
LC_ALL=C.UTF-8 LANG=C.UTF-8
export LC_ALL LANG

for list in instruments series schedule flows sources; do
    {
        echo "<!-- made by docs/make-docs.sh; do not edit -->"
        "$program" $list --format md --lang en
    } >"$folder/$list.md"
done

{
    echo "<!-- made by docs/make-docs.sh; do not edit -->"
    "$program" sources --format md --lang zh
} >"$folder/sources.zh.md"

# Parameters, a table for each group; of an instrument with its number and what it is called.
parameters() {
    {
        "$program" instruments --format md --lang "$1" | sed 's/^/i/'
        "$program" params --format md --lang "$1" | sed 's/^/p/'
    } | awk -F ' [|] ' -v lang="$1" -v world="$2" '
        /^i/ { sub(/^i[|] /, ""); what[$2] = $1 " " (lang == "zh" ? $4 ", " $3 : $3 ", " $4); next }
        { sub(/^p/, "") }
        lines++ < 2 { head = head $0 "\n"; next }
        {
            name = $1
            sub(/^[|] /, "", name)
            parts = split(name, part, ".")
            group = part[1] == "policies" ? part[1] "." part[2] : parts == 1 || part[1] == "title" ? world : part[1]
            if (group != last) {
                printf "\n## %s\n\n", group
                if (part[1] == "policies")
                    printf "%s\n\n", what[part[2]]
                printf "%s", head
            }
            last = group
            print
        }'
}
{
    echo "<!-- made by docs/make-docs.sh; do not edit -->"
    echo "# Parameters"
    echo
    echo "Printed by \`liandong params\`; [中文](parameters.zh.md). What short names in sources stand for (F041, E5.2, M9, 003): [sources](sources.md). The first of every instrument, up to \`saturation\`, are those that all have: eligibility and budget line."
    parameters en "the world"
} >"$folder/parameters.md"
{
    echo "<!-- made by docs/make-docs.sh; do not edit -->"
    echo "# 参数表"
    echo
    echo "由 \`liandong params --lang zh\` 打印；[English](parameters.md)。来源编号（F041、E5.2、M9、003 等）的含义见[来源表](sources.zh.md)或 \`liandong sources --lang zh\`。每项工具开头至 \`saturation\` 为通用参数：资格与预算科目。"
    parameters zh "世界"
} >"$folder/parameters.zh.md"

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
