#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# Many contexts under one directory: -C of oscore-unprotect and oscore-cid.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper
load contexts

@test "the directory that is named by kid, or kid and kid context, is taken" {
	for row in "01 01" "aabb aabb" "_ _" "02@cc 02 cc" "_@cc _ cc" "03@_ 03 _" "_@_ _ _"; do
		read -r name kid context <<<"$row"
		peer "$name" "$kid" "$context"
		message=$(from "$name")
		equal "$(text "$message" oscore-cid -f hex)" "$name"
		run -0 --separate-stderr chosen "$message"
		prints "ctx/$name"
	done
}

@test "the named directory comes first; if it does not verify a message, the others follow" {
	peer 01 01
	peer other 01 - "$OTHER_SECRET"
	run -0 --separate-stderr chosen "$(from 01)"
	prints "ctx/01"
	used ctx/other && fail "the other was opened"
	run -0 --separate-stderr chosen "$(from other)"
	prints "ctx/other"
	run -4 --separate-stderr unprotect "$(broken "$(from other)")"
	refused "<stdin>:1" "tag"
	# a twin is not looked for as long as the named one accepts
	cp -r ctx/01 ctx/twin
	message=$(from 01)
	run -0 --separate-stderr unprotect "$message"
	prints "$GET"
	run -6 --separate-stderr unprotect "$message"
	refused "<stdin>:1" "replayed"
}

@test "a message without kid context gets to the directory that is named with it" {
	peer 01 01
	peer 01@aa 01 aa "$OTHER_SECRET"
	peer _ _
	peer _@_ _ _ "$OTHER_SECRET"
	for name in 01@aa _@_ 01 _; do
		run -0 --separate-stderr chosen "$(from "$name" --no-kid-context)"
		prints "ctx/$name"
	done
}

@test "names of other kids are taken at their word where the kid of a message is a name" {
	peer 0a 0a
	for ((i = 16; i < 116; i++)); do
		printf -v kid %04x $i
		cp -r ctx/0a "ctx/$kid"
		sed -i "s/\"0a\"/\"$kid\"/" "ctx/$kid/settings.json"
	done
	message=$(from 0a)
	# LeakSanitizer does not work under strace
	export ASAN_OPTIONS=detect_leaks=0
	run -0 --separate-stderr strace -f -o genuine -e trace=openat,open \
		oscore-unprotect -f hex -C ctx <<<"$message"
	prints "$GET"
	run -4 --separate-stderr strace -f -o forged -e trace=openat,open \
		oscore-unprotect -f hex -C ctx <<<"$(broken "$message")"
	refused "<stdin>:1" "tag"
	less=$(wc -l <forged)
	((less <= $(wc -l <genuine))) || fail "more files for a forged message: $less"
	# without the name each is looked into, once in a run
	mv ctx/0a ctx/alpha
	run -4 --separate-stderr strace -f -o forged -e trace=openat,open oscore-unprotect -k -f hex \
		-C ctx < <(for i in 1 2 3 4 5; do broken "$message"; done)
	equal "$(grep -c 'ctx/0010"' forged)" 1
}

@test "else all directories are looked at" {
	peer alpha 01
	peer beta 02
	peer gamma 03 aa
	for name in beta alpha gamma; do
		run -0 --separate-stderr chosen "$(from $name)"
		prints "ctx/$name"
	done
	# a directory whose name is that of another context
	mv ctx/alpha ctx/02
	for row in "alpha 02" "beta beta"; do
		read -r name directory <<<"$row"
		run -0 --separate-stderr chosen "$(from "$name")" --moved
		prints "ctx/$directory"
	done
}

@test "what is no context is passed over" {
	peer alpha 01
	mkdir ctx/empty ctx/broken ctx/.hidden
	echo '{' >ctx/broken/settings.json
	cp ctx/alpha/* ctx/.hidden
	touch ctx/file ctx/02
	# nobody has such an ID
	pair_context ctx/long ff 0101010101010101010101010101010101010101010101010101
	ln -s nowhere ctx/dangling
	mkfifo ctx/fifo
	run -0 --separate-stderr unprotect "$(from alpha)"
	prints "$GET"
	echo '{' >ctx/alpha/settings.json
	run -4 --separate-stderr unprotect "$(from alpha)"
	refused "<stdin>:1" "kid"
}

@test "a directory with two names is one context" {
	peer alpha 01
	ln -s alpha ctx/beta
	run -0 --separate-stderr unprotect "$(from alpha)"
	prints "$GET"
	ln -s alpha ctx/01
	message=$(from alpha)
	run -6 --separate-stderr unprotect "$message"$'\n'"$message" -k
	equal "${lines[0]}" "$GET"
}

@test "several candidates: the tag decides" {
	peer a 01 - "$OTHER_SECRET"
	peer b 01
	peer c 01 cc
	for name in c a b a; do
		run -0 --separate-stderr chosen "$(from $name --no-kid-context)"
		prints "ctx/$name"
	done
}

@test "several candidates: the verdict of the one that verified is final" {
	peer a 01 - "$OTHER_SECRET"
	peer b 01
	for name in a b; do
		message=$(from $name)
		run -0 --separate-stderr unprotect "$message"
		before=$(snapshot ctx)
		run -6 --separate-stderr unprotect "$message"
		refused "<stdin>:1" "replayed"
		equal "$(snapshot ctx)" "$before"
	done
}

@test "several candidates, and none verifies: 4, and nothing changes" {
	peer a 01 - "$OTHER_SECRET"
	peer b 01
	before=$(snapshot ctx)
	run -4 --separate-stderr unprotect "$(broken "$(from a)")"
	refused "<stdin>:1" "tag"
	equal "$(snapshot ctx)" "$before"
}

@test "a hint says which directories fit and were tried: up to four, and how many more" {
	local hint="oscore-unprotect: hint: "
	peer a 01 - "$OTHER_SECRET"
	peer b 01
	peer other 02
	message=$(from b)
	run -4 --separate-stderr unprotect "$(broken "$message")"
	equal "${stderr##*$'\n'}" "${hint}fit and were tried: ctx/a, ctx/b"
	run -4 --separate-stderr unprotect "$(broken "$message")" -q
	[[ $stderr != *hint:* ]] || fail "a hint with -q"
	unprotect "$message"
	run -6 --separate-stderr unprotect "$message"
	equal "${stderr##*$'\n'}" "${hint}it verifies in ctx/b; fit and were tried before: ctx/a"
	rm -r ctx/a
	run -6 --separate-stderr unprotect "$message"
	equal "${stderr##*$'\n'}" "${hint}it verifies in ctx/b"
	# none fits: nothing was tried
	run -4 --separate-stderr unprotect "$(peer gone 03 && from gone && rm -r ctx/gone)"
	[[ $stderr != *tried* ]] || fail "something was tried"
	for n in 1 2 3 4 5; do
		peer "a$n" 01 - "$(printf '%032x' "$n")"
	done
	run -4 --separate-stderr unprotect "$(broken "$message")"
	equal "${stderr##*$'\n'}" "${hint}fit and were tried: ctx/a1, ctx/a2, ctx/a3, ctx/a4 and 2 more"
	run -6 --separate-stderr unprotect "$message"
	equal "${stderr##*$'\n'}" \
		"${hint}it verifies in ctx/b; fit and were tried before: ctx/a1, ctx/a2, ctx/a3, ctx/a4 and 1 more"
	# what is too long is counted; looking only says the same
	long=ctx/$(printf 'l%.0s' {1..250})
	rm -r ctx/a[345]
	mv ctx/a1 "$long"
	mv ctx/a2 "${long//l/m}"
	run -4 --separate-stderr oscore-unprotect -p -f hex -C ctx <<<"$(broken "$message")"
	equal "${stderr##*$'\n'}" "${hint}fit and were tried: ctx/b, $long and 1 more"
	# a file name may hold anything: one line stays one line
	mv "$long" $'ctx/a\n1'
	run -4 --separate-stderr unprotect "$(broken "$message")"
	equal "${stderr##*$'\n'}" "${hint}fit and were tried: ctx/a?1, ctx/b, ${long//l/m}"
}

@test "the same Recipient Key in two directories: 7, and both are named" {
	peer a 01
	cp -r ctx/a ctx/b
	before=$(snapshot ctx)
	run -7 --separate-stderr unprotect "$(from a)"
	equal "$output" ""
	said "ctx/a.*Recipient Key.*ctx/b|ctx/b.*Recipient Key.*ctx/a"
	equal "$(snapshot ctx)" "$before"
	# other kids are not concerned
	peer other 02
	run -0 --separate-stderr unprotect "$(from other)"
	prints "$GET"
}

@test "the same Recipient Key under the names with and without kid context: 7 in any case" {
	peer 01@aabb 01 aabb
	cp -a ctx/01@aabb ctx/01
	message=$(from 01@aabb)
	[[ $message == *66190002aabb01ff* ]] || fail "$message"
	without=${message/66190002aabb01ff/63090001ff}
	cp -a ctx new
	for order in "$message"$'\n'"$without" "$without"$'\n'"$message" "$message" "$without"; do
		run -7 --separate-stderr unprotect "$order"
		refused "ctx/01"
		said "ctx/01@aabb: .*Recipient Key.* ctx/01$|ctx/01: .*Recipient Key.* ctx/01@aabb$"
		rm -r ctx
		cp -a new ctx
	done
	# another context may well have that name
	rm -r ctx/01
	peer 01 01 - "$OTHER_SECRET"
	run -0 --separate-stderr chosen "$message"
	prints ctx/01@aabb
	echo "{" >ctx/01/settings.json
	run -0 --separate-stderr chosen "$(from 01@aabb)"
	prints ctx/01@aabb
}

# answer_both [OPTION...] - responses in ctx/a and ctx/b, whose peers have sent requests
answer_both() {
	printf '%s\n' "$CONTENT" "6${CONTENT_B:1}" | sed s/5d20/5d1f/ |
		oscore-protect -k -f hex -C ctx --request requests "$@"
}

@test "the same Sender Key in two directories: only one of them takes numbers in a run" {
	peer a 0a
	peer b 0b
	{ from a && from b | sed s/00003974/00003975/; } >requests
	unprotect "$(cat requests)"
	# the nonce of a request is another one for each kid
	run -0 --separate-stderr answer_both
	equal "$stderr" ""
	run -7 --separate-stderr answer_both -n
	run -7 --separate-stderr answer_both
	[[ ${lines[0]} == 64445d1f00003974920100ff* ]] || fail "the first one"
	[[ ${lines[1]} == "# 7 ctx/b: has the same Sender Key as ctx/a"* ]] || fail "the second one"
	said "numbers would be used twice" "hint: .*its own Master Secret or ID Context"
	equal "$(next_of ctx/a) $(next_of ctx/b)" "1 0"
	# an error reply that is protected takes a number too
	pair_state ctx/a 1 0 0 && pair_state ctx/b 0 0 0
	sed -i 's/"received": {[^}]*}/"received": "unknown"/' ctx/?/sequence.json
	run -6 --separate-stderr oscore-unprotect -k -f hex -C ctx --error-reply replies requests
	equal "$(wc -l <replies)" 1
	said "requests:1: .*window.* lost" "^oscore-unprotect: ctx/b: has the same Sender Key as ctx/a"
	equal "$(next_of ctx/a) $(next_of ctx/b)" "2 0"
}

@test "a candidate that fits and cannot be used refuses its messages, and no others" {
	peer a 01 - "$OTHER_SECRET"
	peer b 01
	peer c 02
	state ctx/b '{"next-to-send": tomorrow}'
	run -0 --separate-stderr chosen "$(from a)"
	prints ctx/a
	run -7 --separate-stderr unprotect "$(from b)"
	refused ctx/b/sequence.json
	# a message that none verifies may be for the one that cannot be loaded
	mv ctx/b/secret.json secret
	run -0 --separate-stderr chosen "$(from a)"
	prints ctx/a
	run -7 --separate-stderr unprotect "$(broken "$(from a)")"
	refused ctx/b
	mv secret ctx/b/secret.json
	# so does the named one
	mv ctx/b ctx/01
	run -0 --separate-stderr chosen "$(from a)"
	prints ctx/a
	run -7 --separate-stderr unprotect "$(from b)"
	refused ctx/01/sequence.json
	# with -k the others go on
	run -7 --separate-stderr unprotect "$(from c)"$'\n'"$(from b)"$'\n'"$(from c)" -k
	equal "${lines[0]}" "$GET"
	[[ ${lines[1]} == "# 7 ctx/01/sequence.json: "* ]] || fail "${lines[1]}"
	equal "${lines[2]}" "$GET"
	run -7 --separate-stderr unprotect "$(from c)"$'\n'"$(from b)"$'\n'"$(from c)"
	equal "$output" "$GET"
}

@test "a candidate without secret, or with parameters that are not understood: 7" {
	peer a 01
	message=$(from a)
	for name in x 01; do
		for broken in 'rm DIR/secret.json' 'sed -i s/AES-CCM-16-64-128/ROT13/ DIR/settings.json' \
			'echo "{" >DIR/secret.json' 'sed -i s/}/,\"window\":0}/ DIR/settings.json'; do
			cp -r ctx/a ctx/$name
			rm -rf ctx/a
			sh -c "${broken//DIR/ctx/$name}"
			run -7 --separate-stderr unprotect "$message"
			refused "ctx/$name"
			# it fits all the same
			run -0 --separate-stderr text "$message" oscore-cid -f hex -C ctx
			prints "ctx/$name"
			rm -r ctx
			mkdir ctx
			pair_context ctx/a ff 01
		done
	done
	# half of it is known
	pair_context ctx/01@37 ff 01 '"id-context_hex": "3x"'
	pair_context peers/37 01 ff '"id-context_hex": "37"'
	run -7 --separate-stderr unprotect "$(from 37)"
	refused ctx/01@37/settings.json "id-context_hex"
	rm -r ctx/01@37
	# nobody knows for whom it is; but its name is
	for name in x 01; do
		mkdir ctx/$name
		echo "{" >ctx/$name/settings.json
	done
	run -7 --separate-stderr unprotect "$(broken "$message")"
	refused ctx/01/settings.json
	rm -r ctx/01
	run -4 --separate-stderr unprotect "$(broken "$message")"
	refused "<stdin>:1" "tag"
	run -0 --separate-stderr unprotect "$message"
	prints "$GET"
}

@test "an error of one context names it, whatever went well before" {
	peer a 01
	peer b 02
	peer c 03
	first=$(from a)
	unprotect "$(from b)"
	mv ctx/b old
	cp -r old ctx/b
	state ctx/c "{"
	for name in b c; do
		run -7 --separate-stderr unprotect "$first"$'\n'"$(from $name)"
		equal "$output" "$GET"
		one_error "ctx/$name/sequence.json"
		first=$(from a)
	done
	cp -r ctx/a ctx/d
	sed -i s/01/04/ ctx/d/settings.json
	rm -r peers/a ctx/d/sequence.json ctx/d/lock ctx/d/.used
	pair_context peers/a 04 ff
	cp -r ctx/d ctx/e
	run -7 --separate-stderr unprotect "$first"$'\n'"$(from a)" -k
	equal "${lines[0]}" "$GET"
	said "ctx/e: .*Recipient Key.* ctx/d$|ctx/d: .*Recipient Key.* ctx/e$"
}

@test "many candidates for one kid: all are tried" {
	for ((i = 0; i < 80; i++)); do
		printf -v other %032x $i
		peer $i 01 - "$other"
	done
	for ((i = 0; i < 80; i++)); do
		from $i
	done >messages
	run -0 --separate-stderr oscore-unprotect -f hex -t json -C ctx messages
	equal "$(jq -r .oscore.context <<<"$output")" "$(printf 'ctx/%s\n' {0..79})"
	run -0 --separate-stderr text "$(from 7)" oscore-cid -f hex -C ctx
	equal "$output" "$(printf 'ctx/%s\n' {0..79} | LC_ALL=C sort | paste -s -d ' ')"
}

@test "-v: of several candidates, the one in which it verifies after all is named" {
	for name in a b c; do
		peer $name 01 - "$(printf %032x 0x1$name)"
	done
	sed -i 's/, "salt_hex": "[^"]*"//' peers/b/secret.json
	run -4 --separate-stderr unprotect "$(from b)" -v
	equal "$output" ""
	said "<stdin>:1: .*tag" "hint: it verifies in ctx/b without Master Salt"
	[[ $stderr != *"no usual mistake"* ]] || fail "more than one diagnosis"
	printf '{"secret_hex": "%s"}' "$SECRET" >peers/b/secret.json
	run -4 --separate-stderr unprotect "$(from b)" -v
	said "no usual mistake explains it"
}

@test "a named directory that is broken, but does not fit, is passed over" {
	peer alpha 01
	peer 01 02
	state ctx/01 '{}'
	run -0 --separate-stderr chosen "$(from alpha)"
	prints ctx/alpha
}

@test "a copy of a used context: 7; a moved one with --moved" {
	peer a 01
	unprotect "$(from a)"
	cp -r ctx/a copy
	rm -r ctx/a
	mv copy ctx/a
	run -7 --separate-stderr unprotect "$(from a)"
	said "copy" "hint: .*used nowhere else, add --moved$"
	run -0 --separate-stderr unprotect "$(from a)" --moved
	prints "$GET"
	run -0 --separate-stderr unprotect "$(from a)"
	prints "$GET"
}

@test "--moved accepts the contexts that the run gets to, and no others" {
	for kid in 01 02; do
		peer $kid $kid
		from $kid >>messages
	done
	oscore-unprotect -f hex -C ctx messages
	from 02 >fresh
	mv ctx original
	cp -r original ctx
	run -6 --separate-stderr unprotect "$(head -n 1 messages)"$'\n'"$(cat fresh)" --moved
	equal "$output" ""
	run -7 --separate-stderr unprotect "$(cat fresh)"
	refused ctx/02/sequence.json "copy"
	run -6 --separate-stderr unprotect "$(head -n 1 messages)"$'\n'"$(cat fresh)" --moved -k
	equal "${lines[1]}" "$GET"
	run -6 --separate-stderr unprotect "$(cat messages fresh)" -k
}

@test "a copy is refused also if only a response is unprotected with it; --moved writes" {
	peer a 02
	text "$GET" oscore-protect -f hex ctx/a >req
	oscore-unprotect -f hex peers/a req
	response=$(with_kid 02 "$(text "$CONTENT" oscore-protect -f hex --request req peers/a)")
	mv ctx/a original
	cp -a original ctx/a
	before=$(snapshot ctx)
	run -7 --separate-stderr unprotect "$response" --request req
	refused ctx/a/sequence.json "copy"
	equal "$(snapshot ctx)" "$before"
	run -0 --separate-stderr unprotect "$response" --request req --moved
	prints "$CONTENT"
	differ "$(snapshot ctx)" "$before"
	before=$(snapshot ctx)
	run -0 --separate-stderr unprotect "$response" --request req
	prints "$CONTENT"
	equal "$(snapshot ctx)" "$before"
}

@test "a named directory with another kid context is passed over" {
	peer alpha 01 aa
	peer 01@aa 01 bb
	run -0 --separate-stderr chosen "$(from alpha)"
	prints ctx/alpha
	run -0 --separate-stderr chosen "$(from 01@aa)"
	prints ctx/01@aa
}

@test "an ID Context that fits into no option" {
	peer 01 01 "$(printf 'aa%.0s' {1..300})"
	run -0 --separate-stderr text "$(from 01 --no-kid-context)" oscore-unprotect -q -f hex -C ctx
	prints "$GET"
}

@test "a role that is not understood: 7, and no others are refused" {
	peer 01 01
	peer b 02
	sed -i 's/}$/, "role": "boss"}/' ctx/b/settings.json
	role_context ctx/c '"role": "boss"'
	run -0 --separate-stderr chosen "$(from 01)"
	prints ctx/01
	run -7 --separate-stderr unprotect "$(from b)"
	refused ctx/b/settings.json "role"
}

@test "no context: 4, for the kid or for the kid context" {
	peer a 01 aa
	peer b 02
	mkdir empty
	run -4 --separate-stderr unprotect "${GET_PROTECTED/620914/630914ee}"
	refused "<stdin>:1" "no context for this kid$"
	run -4 --separate-stderr unprotect "${GET_PROTECTED/620914/630914ee}" -v
	equal "$output" ""
	said "no context for this kid$"
	sed -i 's/aa/ab/' peers/a/settings.json
	run -4 --separate-stderr unprotect "$(from a)"
	refused "<stdin>:1" "no context for this kid context"
	run -4 --separate-stderr oscore-unprotect -f hex -C empty <<<"$GET_PROTECTED"
	refused "<stdin>:1" "no context for this kid"
}

@test "kid context: present, absent, of length zero" {
	peer a 01 aa
	peer b 01 bb
	peer empty 01 _
	peer none 01
	for name in a b empty none; do
		run -0 --separate-stderr chosen "$(from $name)"
		prints "ctx/$name"
		# without kid context any ID Context fits
		run -0 --separate-stderr chosen "$(from $name --no-kid-context)"
		prints "ctx/$name"
	done
	# an ID Context of length zero is not none
	rm -r ctx/empty
	message=$(text "$GET" oscore-protect -f hex peers/empty)
	run -4 --separate-stderr unprotect "$message"
	refused "<stdin>:1" "kid context"
	# prefixes are something else
	sed -i 's/aa/aa00/' peers/a/settings.json
	run -4 --separate-stderr unprotect "$(from a)"
	refused "<stdin>:1" "kid context"
}

@test "role-neutral directories need -r, and count for its side only" {
	mkdir ctx
	role_context ctx/neutral
	role_context client
	role_context server
	request=$(text "$GET" oscore-protect -f hex -r client client)
	reverse=$(text "$GET_B" oscore-protect -f hex -r server server)
	run -4 --separate-stderr unprotect "$request"
	refused "<stdin>:1" "kid, but .*both roles would fit" "hint: add '-r client' or '-r server'"
	run -4 --separate-stderr unprotect "$request" -r client
	refused "<stdin>:1" "no context for this kid$"
	run -4 --separate-stderr unprotect "${request/620900/630900ee}"
	refused "<stdin>:1" "no context for this kid$"
	used ctx/neutral && fail "it was used"
	run -0 --separate-stderr unprotect "$request" -r server
	prints "$GET"
	run -4 --separate-stderr unprotect "$reverse" -r server
	refused "<stdin>:1" "kid"
	run -0 --separate-stderr unprotect "$reverse" -r client
	prints "$GET_B"
	# named by the kid
	mv ctx/neutral ctx/_
	request=$(text "$GET" oscore-protect -f hex -r client client)
	run -4 --separate-stderr unprotect "$request"
	refused "<stdin>:1" "kid"
	run -0 --separate-stderr chosen "$request" -r server
	prints ctx/_
	# oscore-cid asks for no role
	run -0 --separate-stderr text "$request"$'\n'"$reverse" oscore-cid -f hex -C ctx
	prints $'ctx/_\nctx/_'
}

@test "pinned directories need no role, and refuse the other one" {
	mkdir ctx
	role_context ctx/pinned '"role": "server"'
	role_context client
	request=$(text "$GET" oscore-protect -f hex -r client client)
	run -7 --separate-stderr unprotect "$request" -r client
	equal "$output" ""
	said "role"
	run -0 --separate-stderr unprotect "$request"
	prints "$GET"
}

@test "a response needs --request and a kid; else its context is named" {
	peer 01 01
	message=$(from 01)
	run -4 --separate-stderr unprotect "$CONTENT_PROTECTED"
	refused "<stdin>:1" "response" "hint: "
	echo "$message" >req
	run -4 --separate-stderr unprotect "$CONTENT_PROTECTED" --request req
	refused "<stdin>:1" "response" "hint: .*--contexts"
}

# responses_of_two - requests of ctx/00 and ctx/02, which have the ID 01, with the same token
# and Partial IV, are in both; the responses to them, with kid, are in of_00 and of_02
responses_of_two() {
	local kid
	mkdir ctx peers
	for kid in 00 02; do
		pair_context ctx/$kid 01 $kid
		pair_context peers/$kid $kid 01
	done
	sed -i "s/$SECRET/$OTHER_SECRET/" ctx/02/secret.json peers/02/secret.json
	for kid in 00 02; do
		text "$GET" oscore-protect -f hex ctx/$kid >req.$kid
		oscore-unprotect -f hex peers/$kid req.$kid >/dev/null
		with_kid $kid "$(text "$CONTENT" oscore-protect -f hex --request req.$kid \
			peers/$kid)" >of_$kid
	done
	cat req.00 req.02 >both
}

# other_kid HEX - a response of responses_of_two with the kid of the other context
other_kid() {
	case $1 in
	*920800ff*) echo "${1/920800ff/920802ff}" ;;
	*) echo "${1/920802ff/920800ff}" ;;
	esac
}

@test "forged responses with one token and the kids of two contexts: 4 each" {
	responses_of_two
	for requests in req.00 req.02 both; do
		for file in of_00 of_02; do
			first=$(broken "$(cat $file)")
			run -4 --separate-stderr unprotect "$first"$'\n'"$(other_kid "$first")" \
				-k --request "$requests"
			equal "$(cut -c 1-4 <<<"$output")" $'# 4 \n# 4 '
		done
	done
}

@test "a request and a response of one context in one group" {
	responses_of_two
	request=$(from 00)
	run -0 --separate-stderr unprotect "$request"$'\n'"$(cat of_00)" --request req.00
	prints "$GET"$'\n'"$CONTENT"
	run -6 --separate-stderr unprotect "$request"$'\n'"$(cat of_00)" -k --request req.00
	equal "$(cut -c 1-4 <<<"$output" | tr '\n' ' ')" "# 6  6445 "
}

@test "a response to a request that fits and does not verify, or cannot be read: no output" {
	responses_of_two
	broken "$(cat req.00)" >forged
	run -4 --separate-stderr text "$CONTENT" oscore-protect -f hex -C peers --request forged
	refused forged "not a request protected with this context"
	run --separate-stderr unprotect "$(cat of_00)" --request missing
	differ "$status" 0
	refused missing
}

@test "a response, and the same with the kid of the other context" {
	responses_of_two
	for requests in req.00 both; do
		response=$(cat of_00)
		forged=$(other_kid "$response")
		run -4 --separate-stderr unprotect "$response"$'\n'"$forged" -k --request $requests
		equal "${lines[0]}" "$CONTENT"
		[[ ${lines[1]} == "# 4 "* ]] || fail "the second"
		run -4 --separate-stderr unprotect "$forged"$'\n'"$response"$'\n'"$forged" \
			-k --request $requests
		[[ ${lines[0]} == "# 4 "* && ${lines[2]} == "# 4 "* ]] || fail "the forged ones"
		equal "${lines[1]}" "$CONTENT"
	done
}

@test "two servers that answer with one token: each response once" {
	responses_of_two
	differ "$(cat of_00)" "$(other_kid "$(cat of_02)")"
	cat of_00 of_02 of_00 of_02 >stream
	run -6 --separate-stderr oscore-unprotect -k -f hex -C ctx --request both stream
	equal "$(cut -c 1-4 <<<"$output")" $'6445\n6445\n# 6 \n# 6 '
	equal "${lines[0]}" "$CONTENT"
	equal "${lines[1]}" "$CONTENT"
	said "stream:3: replayed" "stream:4: replayed"
}

@test "a stream over many contexts, shuffled, comes out in its order" {
	for ((i = 16; i < 36; i++)); do
		printf -v kid %02x $i
		peer "$kid" "$kid" &
	done
	wait
	for kid in ctx/*; do
		kid=${kid#ctx/}
		for token in 01 02 03; do
			echo "410100${token}${kid}b3${kid}7632"
		done | oscore-protect -f hex "peers/$kid" | sed "s/^/$kid /" >"to.$kid" &
	done
	wait
	cat to.* | shuf --random-source=/bin/sh >shuffled
	run -0 --separate-stderr oscore-unprotect -f hex -C ctx < <(cut -d ' ' -f 2 shuffled)
	equal "$stderr" ""
	equal "${#lines[@]}" 60
	equal "$(cut -c 9-10 <<<"$output")" "$(cut -d ' ' -f 1 shuffled)"
	for kid in ctx/*; do
		equal "$(member "$kid" received)" '{"index":0,"bitfield":7}'
	done
	# all of it again
	before=$(snapshot ctx)
	run -6 --separate-stderr oscore-unprotect -k -f hex -C ctx < <(cut -d ' ' -f 2 shuffled)
	equal "$(grep -c '^# 6 ' <<<"$output")" 60
	equal "$(snapshot ctx)" "$before"
}

@test "-k: each refused message is in its place, with its status" {
	peer 01 01
	peer 02 02
	first=$(from 01)
	printf '%s\n' "$first" "${GET_PROTECTED/620914/630914ee}" "$(from 02)" "$first" "$GET" 4401 \
		"$(broken "$(from 02)")" "$CONTENT_PROTECTED" "$(from 01)" >stream
	run -4 --separate-stderr oscore-unprotect -k -f hex -t json -C ctx stream
	equal "$(jq -c '.error // .oscore.context' <<<"$output" | tr '\n' ' ')" \
		'"ctx/01" 4 "ctx/02" 6 3 5 4 4 "ctx/01" '
	# without it the run ends at the first
	run -4 --separate-stderr oscore-unprotect -f hex -C ctx < <(
		from 01
		sed -n 2p stream
		from 02
	)
	equal "$output" "$GET"
	one_error "<stdin>:2"
}

@test "oscore-cid -C: the directories that fit" {
	peer a 01 aa
	peer b 01 bb
	peer c 02
	run -0 --separate-stderr text "$(from a)"$'\n'"$(from c)" oscore-cid -f hex -C ctx
	prints $'ctx/a\nctx/c'
	run -0 --separate-stderr text "$(from a)" oscore-cid -f hex -C ctx/
	prints "ctx/a"
	run -0 --separate-stderr text "$(from a --no-kid-context)" oscore-cid -f hex -C ctx
	prints "ctx/a ctx/b"
	used ctx/a && fail "it was used"
	equal "$(names ctx/a)" "secret.json settings.json "
}

@test "oscore-cid -C: none fits, or no kid: 1" {
	peer a 01 aa
	run -1 --separate-stderr text "$GET_PROTECTED" oscore-cid -f hex -C ctx
	silent
	run -1 --separate-stderr text "$CONTENT_PROTECTED" oscore-cid -f hex -C ctx
	silent
	run -1 --separate-stderr text "$GET_PROTECTED"$'\n'"$(from a)" oscore-cid -f hex -C ctx
	equal "$output" $'\n'ctx/a
	run -3 --separate-stderr text "$GET" oscore-cid -f hex -C ctx
	refused "<stdin>:1" "OSCORE"
}

@test "the directory of contexts is missing, or none: 7" {
	touch file
	peer a 01
	for directory in missing file/x file; do
		run -7 --separate-stderr oscore-unprotect -f hex -C "$directory" <<<"$GET_PROTECTED"
		refused "$directory"
		run -7 --separate-stderr oscore-cid -f hex -C "$directory" <<<"$GET_PROTECTED"
		refused "$directory"
	done
	# before any input is waited for
	mkfifo never
	exec 7<>never
	for program in oscore-unprotect oscore-cid; do
		run -7 --separate-stderr $program -f hex -C missing never
		refused missing
	done
	exec 7>&-
}

@test "-C takes the place of CONTEXT" {
	peer a 01
	from a >message
	run -0 --separate-stderr oscore-unprotect --contexts ctx -f hex message
	prints "$GET"
	run -2 --separate-stderr oscore-unprotect -C ctx -f hex ctx/a message
	usage_error "operand"
	run -2 --separate-stderr oscore-unprotect -f hex -C
	usage_error
	run -2 --separate-stderr oscore-cid -f hex -C ctx -t json message
	usage_error "--contexts"
	run -2 --separate-stderr oscore-cid -f hex -C ctx --print kid message
	usage_error "--contexts"
}
