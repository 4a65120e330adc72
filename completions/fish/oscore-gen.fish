# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
# fish completion for oscore-gen

function __oscore_gen_algorithms
    oscore-gen --list-algorithms 2>/dev/null | while read -l number name rest
        printf '%s\t%s\n' $name $number
    end
end

complete -c oscore-gen -f -a '(__fish_complete_directories (commandline -ct) "new directory")'
complete -c oscore-gen -s a -l algorithm -x -a '(__oscore_gen_algorithms)' -d 'AEAD algorithm'
complete -c oscore-gen -l hkdf -x -a 'sha256 sha512' -d 'Hash of the key derivation'
complete -c oscore-gen -l client-id -x -d 'Sender ID of the client, in hex'
complete -c oscore-gen -l server-id -x -d 'Sender ID of the server, in hex'
complete -c oscore-gen -l id-context -x -d 'ID Context, in hex'
complete -c oscore-gen -l random-id-context -d 'ID Context of 8 random bytes'
complete -c oscore-gen -l master-salt -x -d 'Master Salt, in hex'
complete -c oscore-gen -l window -x -d 'Replay window size'
complete -c oscore-gen -l secret-file -r -F -d 'Master Secret in hex, - for standard input'
complete -c oscore-gen -l secret-bytes -x -d 'Length of the random Master Secret'
complete -c oscore-gen -l sender-seq -x -d 'First Sender Sequence Number'
complete -c oscore-gen -s r -l role -x -a 'client server' -d 'Pin the directory to a role'
complete -c oscore-gen -l pair -d 'Make two mirrored directories'
complete -c oscore-gen -l list-algorithms -d 'List the algorithms'
complete -c oscore-gen -s q -l quiet -d 'No hints, no warnings'
complete -c oscore-gen -s h -l help -d 'Show help'
complete -c oscore-gen -s V -l version -d 'Show version'
