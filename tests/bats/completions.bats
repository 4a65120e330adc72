#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# The completions offer what the programs say, typed at the shells themselves.

load helper

# The completions as they are installed, and shells where ^Y inserts all there are and ^T
# prints the line.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	mkdir zdotdir
	env -u MAKELEVEL make -s -C "$ROOT" B="$BINDIR" -o all install DESTDIR="$PWD/root" PREFIX= >&2
	cat >bashrc <<-'EOF'
		for file in "$DIR"/root/share/bash-completion/completions/*; do source "$file"; done
		show() { printf '<<%s>>' "$READLINE_LINE"; READLINE_LINE=; }
		bind '"\C-y": insert-completions'
		bind -x '"\C-t": show'
	EOF
	cat >zdotdir/.zshrc <<-'EOF'
		fpath=("$DIR/root/share/zsh/site-functions" $fpath)
		autoload -Uz compinit && compinit -u
		zstyle ':completion:*' completer _all_matches _complete
		zstyle ':completion:*' insert yes
		show() { print -rn -- "<<$BUFFER>>"; BUFFER= }
		zle -N show
		bindkey '^Y' complete-word
		bindkey '^T' show
	EOF
	cat >complete.fish <<-'EOF'
		set fish_complete_path $DIR/root/share/fish/vendor_completions.d
		while read line
			set --local words (complete -C $line | cut -f 1)
			set --query words[1]; or set words (string replace --regex '.* ' '' -- $line)
			echo (string replace --regex '[^ ]*$' '' -- $line)"$words"
		end
	EOF
}

# completed SHELL <LINES - each line, completed in all ways that there are
completed() {
	export DIR=$BATS_FILE_TMPDIR TERM=dumb
	case $1 in
	bash) "$BATS_TEST_DIRNAME/type_lines" bash --noprofile --rcfile "$DIR/bashrc" -i ;;
	zsh) ZDOTDIR=$DIR/zdotdir "$BATS_TEST_DIRNAME/type_lines" zsh -d -i ;;
	fish) fish --no-config "$DIR/complete.fish" ;;
	esac
}

# offers LINE WORD... - what the last word of the line may become, in any order
offers() {
	lines+=("$1")
	words+=("$(printf '%s\n' "${@:2}" | sort | xargs)")
}

# sort_words LINE COMPLETED - the words that came instead of the last one, without the mark
# at the end of directories and options with an argument
sort_words() {
	local last=${1##* }
	local before=${1%"$last"}
	equal "${2:0:${#before}}" "$before"
	tr -s ' ' '\n' <<<"${2:${#before}}" | sed '/^$/d; s|[/=]$||' | sort | xargs
}

# in_all_shells - what was said with "offers"
in_all_shells() {
	local shell line i
	for shell in bash zsh fish; do
		if ! command -v "$shell" >/dev/null; then
			[ -z "${CI:-}" ] || fail "$shell is not installed"
			printf '# not tried, as it is not installed: %s\n' "$shell" >&3
			continue
		fi
		printf '%s\n' "${lines[@]}" | completed "$shell" >"$BATS_TEST_TMPDIR/$shell" || fail "$shell"
		for ((i = 0; i < ${#lines[@]}; i++)); do
			IFS= read -r line || fail "$shell: ${lines[i]}"
			equal "$shell, ${lines[i]}: $(sort_words "${lines[i]}" "$line")" \
				"$shell, ${lines[i]}: ${words[i]:-${lines[i]##* }}"
		done <"$BATS_TEST_TMPDIR/$shell"
	done
}

# some - a directory and two files
some() {
	mkdir client
	touch client.hex server.hex
}

@test "all options are offered, long and short" {
	for program in "${PROGRAMS[@]}"; do
		mapfile -t options < <("$program" --list-options |
			awk -F '\t' 'NF > 1 { print $1; if ($2 != "-") print $2 }')
		[ "${#options[@]}" -ge 10 ]
		offers "$program -" "${options[@]}"
	done
	in_all_shells
}

@test "arguments of options: the words, files or directories that they can be, or nothing" {
	some
	for program in "${PROGRAMS[@]}"; do
		while IFS=$'\t' read -r long short name values _; do
			case $name in
			'' | -) continue ;;
			FILE) values="client client.hex server.hex" ;;
			DIR) values=client ;;
			*) values=${values#-} ;;
			esac
			# shellcheck disable=SC2086 # words
			offers "$program $long " $values
			if [ "$short" != - ]; then
				# shellcheck disable=SC2086
				offers "$program $short " $values
			fi
		done < <("$program" --list-options)
	done
	in_all_shells
}

@test "the beginning of a word, with = and behind other options" {
	some
	offers "oscore-protect --ro" --role
	offers "oscore-protect --role=cl" --role=client
	offers "oscore-cid --contexts=" --contexts=client
	offers "oscore-protect -k -f hex --role c" client
	offers "oscore-unprotect --to p" payload
	offers "oscore-gen -a A2" A256GCM
	offers "oscore-protect --request c" client client.hex
	in_all_shells
}

@test "operands: where a context belongs directories, then files; -C takes its place" {
	some
	offers "oscore-protect c" client
	offers "oscore-protect client s" server.hex
	offers "oscore-protect -f hex -r client c" client
	offers "oscore-protect --from=hex client c" client client.hex
	offers "oscore-protect - c" client client.hex
	offers "oscore-unprotect c" client
	offers "oscore-unprotect -C client c" client client.hex
	offers "oscore-unprotect --contexts client c" client client.hex
	offers "oscore-unprotect -C client client.hex c"
	offers "oscore-cid c" client client.hex
	offers "oscore-show client c" client
	offers "oscore-show client client c"
	offers "oscore-show --check client client c" client
	offers "oscore-gen c" client
	offers "oscore-gen client c"
	offers "oscore-gen --pair client c" client
	in_all_shells
}

@test "the programs accept every word that is offered" {
	for program in "${PROGRAMS[@]}"; do
		while IFS=$'\t' read -r long _ _ values _; do
			for value in ${values#-}; do
				run -2 --separate-stderr "$program" "$long" "$value" a b c d
				one_error "too many operands"
			done
		done < <("$program" --list-options)
	done
}
