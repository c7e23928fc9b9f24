#compdef sitbonectl sitboned sitbone-agent sitbone-sim
# zsh completion for sitbonectl, sitboned, sitbone-agent and sitbone-sim
_sitbone_offer() {
        local -a offers
        local line
        while IFS= read -r line; do
                if [[ $line == :files ]]; then
                        _files
                else
                        line="${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}"
                        offers+=("${line%:}")
                fi
        done
        (( $#offers )) && _describe sitbone offers
}

# The other programs have the options of --help; sitbonectl knows the values.
_sitbone() {
        local typed=${(Q)words[CURRENT]} before=${words[CURRENT - 1]}
        if [[ $service == sitbonectl ]]; then
                sitbonectl --complete "${(@Q)words[2,CURRENT]}" 2>/dev/null | _sitbone_offer
                return
        fi
        case $before in
        --format) sitbonectl --complete formats "$typed" 2>/dev/null | _sitbone_offer ;;
        --bus) sitbonectl --complete --bus "$typed" 2>/dev/null | _sitbone_offer ;;
        *) if [[ $typed == -* ]]; then _gnu_generic; else _files; fi ;;
        esac
}
_sitbone "$@"
