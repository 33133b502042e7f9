# The builder of environments for `nix develop` and `nix print-dev-env`: bash becomes what
# it would be for the builder of the derivation, and writes that down as JSON.
set -e

[ ! -e "$NIX_ATTRS_SH_FILE" ] || . "$NIX_ATTRS_SH_FILE"
export IN_NIX_SHELL=impure dontAddDisableDepTrack=1
[ -z "$stdenv" ] || . "$stdenv/setup"

# What there is, before this script adds to it.
_nixbench_declared=$(declare -p)
_nixbench_functions=$(declare -F)

# _nixbench_text TEXT: a JSON string.
_nixbench_text() {
    local _nixbench_t=${1//\\/\\\\}
    _nixbench_t=${_nixbench_t//\"/\\\"}
    _nixbench_t=${_nixbench_t//$'\n'/\\n}
    _nixbench_t=${_nixbench_t//$'\r'/\\r}
    printf '"%s"' "${_nixbench_t//$'\t'/\\t}"
}

# _nixbench_private NAME: succeeds for variables that are bash's own affair.
_nixbench_private() {
    case $1 in
        BASH_* | COMP_* | _ | PWD | SHLVL | EUID | GROUPS | HOSTNAME) return 0 ;;
        DIRSTACK | FUNCNAME | HISTCMD | PIPESTATUS | RANDOM | SECONDS | EPOCHSECONDS | EPOCHREALTIME) return 0 ;;
    esac
    return 1
}

_nixbench_write_functions() {
    local _nixbench_line _nixbench_def _nixbench_sep=
    while read -r _nixbench_line; do
        [[ $_nixbench_line == 'declare -f '* ]] || continue # exported ones are not taken
        _nixbench_line=${_nixbench_line#declare -f }
        _nixbench_def=$(type "$_nixbench_line")
        if [[ $_nixbench_def != *'{'*'}'* ]]; then
            echo "cannot read the definition of the function '$_nixbench_line'" >&2
            return 1
        fi
        _nixbench_def=${_nixbench_def#*'{'}
        printf '%s\n' "$_nixbench_sep"
        _nixbench_text "$_nixbench_line"
        printf ': '
        _nixbench_text "${_nixbench_def%'}'*}"
        _nixbench_sep=,
    done <<< "$_nixbench_functions"
}

# _nixbench_write_value ATTRIBUTE NAME: the object for a variable.
_nixbench_write_value() {
    local _nixbench_key _nixbench_sep=
    local -n _nixbench_ref=$2
    case $1 in
        x)
            printf '{"type": "exported", "value": '
            _nixbench_text "$_nixbench_ref"
            ;;
        -)
            printf '{"type": "var", "value": '
            if [ "$2" = LINENO ]; then
                printf '"78"' # where Nix's own script is when it looks
            else
                _nixbench_text "$_nixbench_ref"
            fi
            ;;
        a)
            printf '{"type": "array", "value": ['
            for _nixbench_key in "${_nixbench_ref[@]}"; do
                printf '%s' "$_nixbench_sep"
                _nixbench_text "$_nixbench_key"
                _nixbench_sep=', '
            done
            printf ']'
            ;;
        A)
            printf '{"type": "associative", "value": {'
            for _nixbench_key in "${!_nixbench_ref[@]}"; do
                printf '%s' "$_nixbench_sep"
                _nixbench_text "$_nixbench_key"
                printf ': '
                _nixbench_text "${_nixbench_ref[$_nixbench_key]}"
                _nixbench_sep=', '
            done
            printf '}'
            ;;
        *) printf '{"type": "unknown"' ;;
    esac
    printf '}'
}

_nixbench_write_variables() {
    local _nixbench_line _nixbench_name _nixbench_sep=
    while read -r _nixbench_line; do
        # One attribute: what has several, or other lines of a value, is passed over.
        [[ $_nixbench_line == 'declare -'[^\ ]' '* ]] || continue
        _nixbench_name=${_nixbench_line:11}
        _nixbench_name=${_nixbench_name%%=*}
        ! _nixbench_private "$_nixbench_name" || continue
        printf '%s\n' "$_nixbench_sep"
        _nixbench_text "$_nixbench_name"
        printf ': '
        _nixbench_write_value "${_nixbench_line:9:1}" "$_nixbench_name"
        _nixbench_sep=,
    done <<< "$_nixbench_declared"
}

_nixbench_write() {
    printf '{"bashFunctions": {'
    _nixbench_write_functions
    printf '\n}, "variables": {'
    _nixbench_write_variables
    printf '\n}'
    if [ -e "$NIX_ATTRS_SH_FILE" ]; then
        printf ', "structuredAttrs": {".attrs.json": '
        _nixbench_text "$(< "$NIX_ATTRS_JSON_FILE")"
        printf ', ".attrs.sh": '
        _nixbench_text "$(< "$NIX_ATTRS_SH_FILE")"
        printf '}'
    fi
    printf '}\n'
}

# The first output has it all; the others are there.
_nixbench_outputs=()
if [ -e "$NIX_ATTRS_SH_FILE" ]; then
    _nixbench_outputs=("${outputs[@]}")
else
    for _nixbench_output in $outputs; do
        _nixbench_outputs+=("${!_nixbench_output}")
    done
fi
[ -z "$_nixbench_outputs" ] || _nixbench_write > "$_nixbench_outputs"
for _nixbench_output in "${_nixbench_outputs[@]:1}"; do
    : >> "$_nixbench_output"
done
