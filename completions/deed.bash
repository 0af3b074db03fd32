# shellcheck shell=bash
# Completion of deed for bash: source <(deed completion bash)
# It knows no command itself; deed does.

# Print what deed offers for the word at the cursor, with the common options of
# the line handed on, so that -C and --ledger are heeded.
_deed_ask() {
    local i given=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        -C | --ledger | -o | --order)
            given+=("${COMP_WORDS[i]}" "${COMP_WORDS[i + 1]}")
            ((i++))
            ;;
        esac
    done
    "${COMP_WORDS[0]}" "${given[@]}" -q __complete --for bash --word "${COMP_WORDS[COMP_CWORD]}" \
        -- "$@" 2>/dev/null
}

_deed() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    local i lines command=""
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        -C | --ledger | -o | --order) ((i++)) ;;
        -*) ;;
        *)
            command=${COMP_WORDS[i]}
            break
            ;;
        esac
    done
    if [[ $COMP_CWORD -gt 1 && $prev == -?* && $prev != -- ]] &&
        lines=$(_deed_ask choices "$command" "$prev"); then
        :
    elif [[ $cur == -* ]]; then
        lines=$(_deed_ask options "$command")
    elif [[ -z $command ]]; then
        lines=$(_deed_ask commands)
    else
        lines=$(_deed_ask choices "$command")
    fi
    # compgen -W would expand the words, and not all of them are ours
    [[ -z $lines ]] || mapfile -t COMPREPLY <<<"$lines"
}

# Without an offer the next word is a file, as far as the shell knows.
complete -o default -F _deed deed
