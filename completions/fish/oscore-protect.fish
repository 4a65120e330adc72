# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
# fish completion for oscore-protect

# true if no operand stands before the cursor: the first one is the context
function __oscore_protect_at_context
    set -l words (commandline -opc)
    set -l argument 0
    set -e words[1]
    for word in $words
        if test $argument = 1
            set argument 0
            continue
        end
        switch $word
            case -r -f -t -o --role --request --echo --from --to --output
                set argument 1
            case -
                return 1
            case '-*'
            case '*'
                return 1
        end
    end
    return 0
end

complete -c oscore-protect -n __oscore_protect_at_context -f -a '(__fish_complete_directories (commandline -ct) context)'
complete -c oscore-protect -n 'not __oscore_protect_at_context' -F
complete -c oscore-protect -s r -l role -x -a 'client server' -d 'Which side this machine is'
complete -c oscore-protect -l request -r -F -d 'Protect a response to this protected request'
complete -c oscore-protect -l new-piv -d 'Put a Partial IV into a response in any case'
complete -c oscore-protect -l no-kid-context -d 'Leave the ID Context out of a request'
complete -c oscore-protect -l any-token -d 'Bind to the request whatever the token'
complete -c oscore-protect -l echo -r -F -d 'Add the Echo of this answer to a request'
complete -c oscore-protect -l moved -d 'The directory was moved here, not copied'
complete -c oscore-protect -s f -l from -x -a 'raw hex json cborseq' -d 'Input format'
complete -c oscore-protect -s t -l to -x -a 'raw hex json cborseq' -d 'Output format'
complete -c oscore-protect -s o -l output -r -F -d 'Write to this file'
complete -c oscore-protect -s k -l keep-going -d 'Go on after a message that is refused'
complete -c oscore-protect -s n -l dry-run -d 'Check everything, use up nothing, write nothing'
complete -c oscore-protect -s v -l explain -d 'Show the derivation, as in RFC 8613, appendix C'
complete -c oscore-protect -l show-secrets -d 'With --explain: keys and plaintext too'
complete -c oscore-protect -s q -l quiet -d 'No hints, no warnings'
complete -c oscore-protect -s h -l help -d 'Show help'
complete -c oscore-protect -s V -l version -d 'Show version'
