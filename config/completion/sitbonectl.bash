# bash completion for sitbonectl
_sitbonectl() {
        local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb= i
        local verbs="status watch replay check tare calibrate snooze done skip pause resume hold why exercises history report"

        for ((i = 1; i < COMP_CWORD; i++)); do
                case ${COMP_WORDS[i]} in
                --bus | --seat) ((i++)) ;;
                -*) ;;
                *) verb=${COMP_WORDS[i]}; break ;;
                esac
        done
        case $before in
        --bus) COMPREPLY=($(compgen -W "auto system session" -- "$word")); return ;;
        --format) COMPREPLY=($(compgen -W "$(sitbonectl check /dev/null --format "?" 2>&1 | sed -n 's/.*There are: //p')" -- "$word")); return ;;
        --config | --exercises | --svg) COMPREPLY=($(compgen -f -- "$word")); return ;;
        --seat | --at) return ;;
        esac
        if [[ -z $verb ]]; then
                COMPREPLY=($(compgen -W "$verbs --bus --seat --help --version" -- "$word"))
        elif [[ $word == -* ]]; then
                COMPREPLY=($(compgen -W "$(sitbonectl "$verb" --help 2>/dev/null | sed -n 's/^Options: //p')" -- "$word"))
        else
                case $verb in
                calibrate) COMPREPLY=($(compgen -W "upright empty" -- "$word")) ;;
                replay | check) COMPREPLY=($(compgen -f -- "$word")) ;;
                esac
        fi
}
complete -o filenames -F _sitbonectl sitbonectl
