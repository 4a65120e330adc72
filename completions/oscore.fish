# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# fish completion for oscore-tools, installed under the name of each program. The program
# says itself what it takes.

# what the operand at the cursor may be
function __oscore_operand
    set -l words (commandline -opc)
    set -l names # of each option
    set -l takes # the options that have an argument
    set -l operands
    for line in (command $words[1] --list-options 2>/dev/null)
        set -l field (string split \t -- $line)
        if set -q field[2]
            set -a names "$field[1] $field[2]"
            test $field[3] != -; and set -a takes (string match -v -- - $field[1..2])
        else
            # the operands, perhaps those with an option
            set field (string split ' ' -- $line)
            if not string match -q -- '--*' $field[1]
                set operands $field
                continue
            end
            for name in (string match -- "$field[1] *" $names | string split ' ' | string match -v -- -)
                contains -- $name $words; and set operands $field[2..]
            end
        end
    end

    set -l n 1
    set -l argument 0
    for word in $words[2..]
        if test $argument = 1
            set argument 0
        else if contains -- $word $takes
            set argument 1
        else if not string match -q -- '-?*' $word
            set n (math $n + 1)
        end
    end
    switch "$operands[$n]"
        case FILE
            __fish_complete_path (commandline -ct)
        case DIR
            __fish_complete_directories (commandline -ct)
    end
end

set -l program (string replace -r '.*/(.*)\.fish$' '$1' -- (status filename))
complete -c $program -f -a '(__oscore_operand)'
for line in (command -q $program; and command $program --list-options 2>/dev/null)
    set -l field (string split \t -- $line)
    set -q field[5]; or continue
    set -l option -l (string sub -s 3 -- $field[1])
    test $field[2] != -; and set -a option -s (string sub -s 2 -- $field[2])
    switch $field[3]
        case -
        case FILE
            set -a option -r -F
        case DIR
            # the word may hold the option, too
            set -a option -x -a '(__fish_complete_directories (commandline -ct | string replace -r "^(--.*=|-.)" ""))'
        case '*'
            set -a option -x
            test $field[4] != -; and set -a option -a $field[4]
    end
    complete -c $program $option -d $field[5]
end
