# made by docs/make-docs.sh; do not edit
_liandong() {
    local word=${COMP_WORDS[COMP_CWORD]} options=
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W 'run check explain new params instruments series sources schedule flows audit rerun validate compare merge companions sweep moments coupling export' -- "$word")
        return
    fi
    case ${COMP_WORDS[1]} in
    run) options='--claims --detail --format --help --lang --log --months --no-cache --output --panel --quiet --runs --seed --set --shard --threads --trigger --usage' ;;
    check) options='--help --lang --log --quiet --set --trigger --usage' ;;
    explain) options='--format --help --lang --log --quiet --set --trigger --usage' ;;
    new) options='--help --lang --like --log --quiet --usage' ;;
    params) options='--format --help --lang --log --quiet --usage' ;;
    instruments) options='--format --help --lang --log --quiet --usage' ;;
    series) options='--format --help --lang --log --quiet --usage' ;;
    sources) options='--format --help --lang --log --quiet --usage' ;;
    schedule) options='--format --help --lang --log --quiet --usage' ;;
    flows) options='--format --help --lang --log --quiet --usage' ;;
    audit) options='--claim --claims --format --help --lang --log --quiet --usage' ;;
    rerun) options='--help --lang --log --output --quiet --threads --usage' ;;
    validate) options='--format --help --lang --log --quiet --runs --set --strict --threads --trigger --usage' ;;
    compare) options='--bootstrap --confidence --cost --coupling --direct --equal-cost --expr --format --help --instrument --lang --log --months --no-cache --no-lump-sum --office --office-floor --office-lag --output --placebo --quiet --rank --rows --runoff --runs --saturation --seed --set --shard --size --table --threads --trigger --usage' ;;
    merge) options='--format --help --lang --log --output --quiet --threads --usage' ;;
    companions) options='--help --lang --log --no-cache --output --quiet --shard --threads --usage' ;;
    sweep) options='--design --expr --format --help --lang --log --months --no-cache --output --points --quiet --runs --seed --set --shard --threads --trigger --usage --vary' ;;
    moments) options='--format --help --lang --log --quiet --series --usage' ;;
    coupling) options='--against --cut --diagnose --digits --format --help --lang --log --methods --output --quiet --reference --spec --spending --table --usage --weights' ;;
    export) options='--help --lang --log --output --quiet --series --usage' ;;
    esac
    case $word in
    -*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word") ;;
    *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    esac
}
complete -o filenames -F _liandong liandong
