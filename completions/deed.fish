# Completion of deed for fish: deed completion fish | source
# It knows no command itself; deed does.

# Print what deed offers for the word at the cursor, meaning behind a tab.
function __deed_offer
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l given
    set -l verb ''
    set -l i 2
    while test $i -le (count $words)
        switch $words[$i]
            case -C --ledger -o --order
                set -a given $words[$i] $words[(math $i + 1)]
                set i (math $i + 1)
            case '-*'
            case '*'
                test -n "$verb"; or set verb $words[$i]
        end
        set i (math $i + 1)
    end
    set -l ask $words[1] $given -q __complete --for fish --word "$current" --
    set -l previous $words[-1]
    if string match -qr '^-.' -- $previous; and test $previous != --
        and $ask choices "$verb" $previous 2>/dev/null
    else if string match -q -- '-*' $current
        $ask options "$verb" 2>/dev/null
    else if test -z "$verb"
        $ask commands 2>/dev/null
    else
        $ask choices $verb 2>/dev/null
    end
end

complete -c deed -a '(__deed_offer)'
