# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
# fish completion for oscore-cid

complete -c oscore-cid -s C -l contexts -x -a '(__fish_complete_directories (commandline -ct))' -d 'Print the contexts under this directory that fit'
complete -c oscore-cid -l print -x -a 'kid kid-context partial-iv' -d 'Print only this part'
complete -c oscore-cid -s f -l from -x -a 'raw hex json cborseq' -d 'Input format'
complete -c oscore-cid -s t -l to -x -a 'line json' -d 'Output format'
complete -c oscore-cid -s q -l quiet -d 'No hints'
complete -c oscore-cid -s h -l help -d 'Show help'
complete -c oscore-cid -s V -l version -d 'Show version'
