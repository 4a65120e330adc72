#compdef oscore-cid oscore-gen oscore-protect oscore-show oscore-unprotect
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# zsh completion for oscore-tools. The programs say themselves what they take.

local row long short name values help kind
local -a fields operands specs
local -A actions=(FILE _files DIR '_files -/') short_of
local -i n=0

for row in ${(f)"$(_call_program options ${(q)words[1]} --list-options 2>/dev/null)"}; do
	fields=("${(@ps:\t:)row}")
	long=$fields[1] short=$fields[2] name=$fields[3] values=$fields[4]
	if ((${#fields} == 1)); then # the operands, perhaps those with an option
		fields=(${=row})
		if [[ $row != --* ]]; then
			operands=($fields)
		elif [[ -n $words[(r)($fields[1]|$fields[1]=*|${short_of[$fields[1]]:-$fields[1]}*)] ]]; then
			operands=(${fields[2,-1]})
		fi
		continue
	fi
	help="[${fields[5]//(#m)[\]\[\\:]/\\$MATCH}]"
	if [[ $name == - ]]; then
		values=
	else
		[[ $values == - ]] && values=${actions[$name]- } || values="($values)"
		values=":${name//:/\\:}:$values"
		long+='='
	fi
	if [[ $short == - ]]; then
		specs+=("$long$help$values")
	else
		short_of[${long%=}]=$short
		specs+=("($short ${long%=})$long$help$values" "($short ${long%=})$short${values:++}$help$values")
	fi
done
for kind in $operands; do
	n+=1
	specs+=("$n::$kind:$actions[$kind]")
done
_arguments -s -S $specs
