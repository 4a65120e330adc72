# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# bash completion for oscore-tools, installed under the name of each program. The program
# says itself what it takes.

# _oscore_words KIND - what $cur may become: a FILE, a DIR, nothing (-), or one of the words
_oscore_words()
{
	case $1 in
	-) ;;
	FILE)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		;;
	DIR)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
		;;
	esac
}

_oscore()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local long short name values word options=''
	local -a operands=()
	local -A long_of=() takes=() others=()
	local -i i n=0

	while IFS=$'\t' read -r long short name values _; do
		if [[ -z $short ]]; then # the operands, perhaps those with an option
			if [[ $long == --* ]]; then
				others[${long%% *}]=${long#* }
			else
				read -ra operands <<<"$long"
			fi
			continue
		fi
		options+="$long "
		if [[ $short != - ]]; then
			options+="$short "
			long_of[$short]=$long
		fi
		case $name in
		-) ;;
		FILE | DIR) takes[$long]=$name ;;
		*) takes[$long]=$values ;;
		esac
	done < <("$1" --list-options 2>/dev/null)

	# "--role=cl" comes as three words
	if [[ $cur == '=' ]]; then
		cur=''
	elif [[ $prev == '=' ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi

	COMPREPLY=()
	prev=${long_of[$prev]:-$prev}
	if [[ -n ${takes[$prev]} ]]; then
		_oscore_words "${takes[$prev]}"
		return
	elif [[ $cur == -* ]]; then
		_oscore_words "$options"
		return
	fi

	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		word=${long_of[$word]:-$word}
		if [[ -n ${others[$word]} ]]; then
			read -ra operands <<<"${others[$word]}"
		fi
		if [[ -n ${takes[$word]} ]]; then
			if [[ ${COMP_WORDS[i + 1]} == '=' ]]; then
				i+=1
			fi
			i+=1
		elif [[ $word == - || $word != -* ]]; then
			n+=1
		fi
	done
	_oscore_words "${operands[n]:--}"
}

complete -F _oscore "${BASH_SOURCE[0]##*/}"
