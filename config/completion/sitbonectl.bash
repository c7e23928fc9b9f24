# bash completion for sitbonectl: commands, options, poses, formats and taught names
_sitbonectl() {
        local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command= i

        for ((i = 1; i < COMP_CWORD; i++)); do
                case ${COMP_WORDS[i]} in
                --bus | --seat | --config | --format | --file) ((i++)) ;;
                -*) ;;
                *) command=${COMP_WORDS[i]}; break ;;
                esac
        done
        case $before in
        --bus) COMPREPLY=($(compgen -W "auto system session" -- "$word")); return ;;
        --export) COMPREPLY=($(compgen -W "csv json" -- "$word")); return ;;
        --period) COMPREPLY=($(compgen -W "today yesterday week month year all" -- "$word")); return ;;
        --format) COMPREPLY=($(compgen -W "$(sitbonectl check /dev/null --format "?" 2>&1 | sed -n 's/.*There are: //p')" -- "$word")); return ;;
        --config | --exercises | --svg | --against | --what-if | --output | --file | --device) COMPREPLY=($(compgen -f -- "$word")); return ;;
        --forget) [[ $command == teach ]] && COMPREPLY=($(compgen -W "$(sitbonectl teach --list --json 2>/dev/null | tr -d '[]"' | tr , ' ')" -- "$word")); return ;;
        --delimiter) COMPREPLY=($(compgen -W "comma semicolon tab blank" -- "$word")); return ;;
        --seat | --sitter | --at | --seconds | --baud | --rows | --cols | --load | --teach | --calibrate | --label | --columns) return ;;
        esac
        if [[ -z $command ]]; then
                COMPREPLY=($(compgen -W "$(sitbonectl --help | sed -nE 's/^  ([a-z][a-z-]*) .*/\1/p') --bus --seat --help --version" -- "$word"))
        elif [[ $word == -* ]]; then
                COMPREPLY=($(compgen -W "$(sitbonectl "$command" --help 2>/dev/null | sed -nE 's/^  (--[a-z-]+).*/\1/p')" -- "$word"))
        else
                case $command in
                help) COMPREPLY=($(compgen -W "$(sitbonectl --help | sed -nE 's/^  ([a-z][a-z-]*) .*/\1/p')" -- "$word")) ;;
                calibrate) COMPREPLY=($(compgen -W "upright slouched arched left right squeeze empty response" -- "$word")) ;;
                history) COMPREPLY=($(compgen -W "today yesterday week month year all" -- "$word")) ;;
                hold) COMPREPLY=($(compgen -W "on off" -- "$word")) ;;
                session) COMPREPLY=($(compgen -W "done" -- "$word")) ;;
                formats) COMPREPLY=($(compgen -W "$(sitbonectl check /dev/null --format "?" 2>&1 | sed -n 's/.*There are: //p')" -- "$word")) ;;
                replay | check | record | probe | export) COMPREPLY=($(compgen -f -- "$word")) ;;
                esac
        fi
}
complete -o filenames -F _sitbonectl sitbonectl
