# fish completion for sitbonectl, sitboned, sitbone-agent and sitbone-sim
function __sitbone_offer
        while read -l line
                if test "$line" = :files
                        __fish_complete_path (commandline -ct)
                else
                        printf '%s\n' $line
                end
        end
end

function __sitbonectl
        set -l words (commandline -opc) (commandline -ct)
        sitbonectl --complete $words[2..] 2>/dev/null | __sitbone_offer
end

# The other programs have the options of --help; sitbonectl knows the values.
function __sitbone_others
        set -l words (commandline -opc)
        set -l typed (commandline -ct)
        switch $words[-1]
                case --format
                        sitbonectl --complete formats "$typed" 2>/dev/null
                case --bus
                        sitbonectl --complete --bus "$typed" 2>/dev/null
                case '*'
                        if string match -q -- '-*' "$typed"
                                $words[1] --help | string match -ar -- '--[a-z][a-z-]*'
                        else
                                __fish_complete_path "$typed"
                        end
        end
end

complete -c sitbonectl -f -a '(__sitbonectl)'
for program in sitboned sitbone-agent sitbone-sim
        complete -c $program -f -a '(__sitbone_others)'
end
