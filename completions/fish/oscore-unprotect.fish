# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
# fish completion for oscore-unprotect

# true if no operand stands before the cursor: the first one is the context
function __oscore_unprotect_at_context
    set -l words (commandline -opc)
    set -l argument 0
    set -e words[1]
    for word in $words
        if test $argument = 1
            set argument 0
            continue
        end
        switch $word
            case -C --contexts '--contexts=*' '-C*'
                return 1
            case -r -f -t -o --role --request --error-reply --from --to --output
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

complete -c oscore-unprotect -n __oscore_unprotect_at_context -f -a '(__fish_complete_directories (commandline -ct) context)'
complete -c oscore-unprotect -n 'not __oscore_unprotect_at_context' -F
complete -c oscore-unprotect -s C -l contexts -x -a '(__fish_complete_directories (commandline -ct))' -d 'Pick the context under this directory'
complete -c oscore-unprotect -s r -l role -x -a 'client server' -d 'Which side this machine is'
complete -c oscore-unprotect -l request -r -F -d 'Unprotect a response to this protected request'
complete -c oscore-unprotect -l any-token -d 'Bind to the request whatever the token'
complete -c oscore-unprotect -l error-reply -r -F -d 'Write the answer to a refused request'
complete -c oscore-unprotect -s p -l peek -d 'Look only, at both directions; use nothing up'
complete -c oscore-unprotect -l moved -d 'The directory was moved here, not copied'
complete -c oscore-unprotect -s f -l from -x -a 'raw hex json cborseq' -d 'Input format'
complete -c oscore-unprotect -s t -l to -x -a 'raw hex json cborseq payload' -d 'Output format'
complete -c oscore-unprotect -s o -l output -r -F -d 'Write to this file'
complete -c oscore-unprotect -s k -l keep-going -d 'Go on after a message that is refused'
complete -c oscore-unprotect -s v -l explain -d 'Show the derivation, as in RFC 8613, appendix C'
complete -c oscore-unprotect -l show-secrets -d 'With --explain: keys and plaintext too'
complete -c oscore-unprotect -s q -l quiet -d 'No hints, no warnings'
complete -c oscore-unprotect -s h -l help -d 'Show help'
complete -c oscore-unprotect -s V -l version -d 'Show version'
