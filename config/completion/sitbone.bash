# bash completion for sitbonectl, sitboned, sitbone-agent and sitbone-sim
_sitbone_offer() { # WORD-AND-MEANING...
        local word=${COMP_WORDS[COMP_CWORD]} line
        [[ $word == = ]] && word=
        while IFS= read -r line; do
                if [[ $line == :files ]]; then
                        compopt -o filenames 2>/dev/null
                        mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$word")
                else
                        COMPREPLY+=("${line%%$'\t'*}")
                fi
        done
}

_sitbonectl() {
        COMPREPLY=()
        _sitbone_offer < <(sitbonectl --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}

# The values of these options are known to sitbonectl; the other options are those of --help.
_sitbone_others() {
        local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
        COMPREPLY=()
        [[ $word == = ]] && word=
        [[ $before == = ]] && before=${COMP_WORDS[COMP_CWORD - 2]}
        case $before in
        --format) _sitbone_offer < <(sitbonectl --complete formats "$word" 2>/dev/null) ;;
        --bus) _sitbone_offer < <(sitbonectl --complete --bus "$word" 2>/dev/null) ;;
        --speed | --seed | --rows | --cols | --pitch | --rate | --full-scale | --model | --only-changes | --rotate | --*-list | --boards | --mask | --[xy]-mm) ;;
        *)
                if [[ $word == -* ]]; then
                        mapfile -t COMPREPLY < <(compgen -W "$("$1" --help | grep -oE -- '--[a-z][a-z-]*' | sort -u)" -- "$word")
                else
                        _sitbone_offer <<< :files
                fi ;;
        esac
}
complete -F _sitbonectl sitbonectl
complete -F _sitbone_others sitboned sitbone-agent sitbone-sim
