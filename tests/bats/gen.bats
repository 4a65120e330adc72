#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
#
# oscore-gen: what it makes, and what it refuses to make.

# shellcheck disable=SC2016,SC2154 # scripts for bash -c; stderr comes from run
load helper

secret() {
	(umask 077 && echo "$SECRET" >secret)
}

# value FILE KEY - a member of a JSON file, as JSON without blanks, sorted
value() {
	python3 - "$@" <<-'PYTHON'
		import json, sys
		value = json.load(open(sys.argv[1])).get(sys.argv[2])
		print(json.dumps(value, sort_keys=True, separators=(",", ":")))
	PYTHON
}

# keys FILE - the keys of a JSON file, sorted
keys() {
	python3 -c 'import json, sys; print(*sorted(json.load(open(sys.argv[1]))))' "$1"
}

@test "a directory for both roles, in silence" {
	run -0 --separate-stderr oscore-gen both
	silent
	equal "$(modes both | tr '\n' ,)" \
		"700,secrets.json 600,sequence.json 600,settings.json 644,"
	equal "$(value both/settings.json client-sender-id_hex)" '"01"'
	equal "$(value both/settings.json server-sender-id_hex)" '"00"'
	equal "$(value both/settings.json sequence-file)" true
	equal "$(value both/settings.json role)" null
	equal "$(value both/sequence.json used)" '{"00":0,"01":0}'
	equal "$(value both/sequence.json inode)" null
	[[ $(value both/secrets.json secret_hex) =~ ^'"'[0-9a-f]{64}'"'$ ]] || fail "32 random bytes"
}

@test "what it makes, works: requests and responses in both directions" {
	oscore-gen both
	for side in client server; do
		peer=$([ "$side" = client ] && echo server || echo client)
		text "$GET" oscore-protect -f hex -r "$side" both >req
		run -0 --separate-stderr oscore-unprotect -f hex -r "$peer" both req
		prints "$GET"
		text "$CONTENT" oscore-protect -f hex -r "$peer" --request req both >response
		run -0 --separate-stderr oscore-unprotect -f hex -r "$side" --request req both \
			response
		prints "$CONTENT"
	done
}

@test "--pair: two mirrored directories, each pinned" {
	run -0 --separate-stderr oscore-gen --pair client server
	silent
	for side in client server; do
		equal "$(modes "$side" | tr '\n' ,)" \
			"700,secret.json 600,sequence.json 600,settings.json 644,"
		equal "$(value "$side/settings.json" role)" "\"$side\""
		equal "$(value "$side/settings.json" sequence-file)" true
		equal "$(value "$side/sequence.json" next-to-send)" 0
	done
	equal "$(value client/settings.json sender-id_hex)" '"01"'
	equal "$(value client/settings.json recipient-id_hex)" '"00"'
	equal "$(value server/settings.json sender-id_hex)" '"00"'
	equal "$(value server/settings.json recipient-id_hex)" '"01"'
	cmp client/secret.json server/secret.json
	text "$GET" oscore-protect -f hex client >req
	run -0 --separate-stderr oscore-unprotect -f hex server req
	prints "$GET"
	run -7 --separate-stderr text "$GET" oscore-protect -f hex -r server client
	refused client
}

@test "secrets are random, and as long as asked for" {
	for n in 1 2 3; do
		oscore-gen "d$n"
		value "d$n/secrets.json" secret_hex >>secrets
	done
	equal "$(sort -u secrets | wc -l)" 3
	oscore-gen --secret-bytes 16 short
	[[ $(value short/secrets.json secret_hex) =~ ^'"'[0-9a-f]{32}'"'$ ]] || fail "16 bytes"
	for n in 0 256 -1 x ""; do
		run -2 --separate-stderr oscore-gen --secret-bytes "$n" bad
		usage_error
	done
	[ ! -e bad ]
}

@test "parameters end up in the files" {
	oscore-gen -a A128GCM --hkdf sha512 --client-id 0a0B --server-id "" --id-context \
		37cbf3210017a2d3 \
		--master-salt 9e7c --window 64 --role client dir
	equal "$(value dir/settings.json algorithm)" '"A128GCM"'
	equal "$(value dir/settings.json kdf-hashfun)" '"sha512"'
	equal "$(value dir/settings.json client-sender-id_hex)" '"0a0b"'
	equal "$(value dir/settings.json server-sender-id_hex)" '""'
	equal "$(value dir/settings.json id-context_hex)" '"37cbf3210017a2d3"'
	equal "$(value dir/settings.json window)" 64
	equal "$(value dir/settings.json role)" '"client"'
	equal "$(value dir/secrets.json salt_hex)" '"9e7c"'
	run -0 --separate-stderr text "$GET" oscore-protect -f hex dir
	equal "$stderr" ""
	[[ $output == *37cbf3210017a2d30a0bff* ]] || fail "kid context and kid"
}

@test "the defaults" {
	oscore-gen dir
	equal "$(value dir/settings.json algorithm)" '"AES-CCM-16-64-128"'
	[[ $(value dir/settings.json kdf-hashfun) =~ ^(null|'"sha256"')$ ]] || fail "hash"
	[[ $(value dir/settings.json window) =~ ^(null|32)$ ]] || fail "window"
	equal "$(keys dir/settings.json | grep -c id-context)" 0
}

@test "an empty ID Context is not none" {
	oscore-gen --id-context "" dir
	equal "$(value dir/settings.json id-context_hex)" '""'
	oscore-gen --random-id-context random
	[[ $(value random/settings.json id-context_hex) =~ ^'"'[0-9a-f]{16}'"'$ ]] || fail "8 bytes"
	run -2 --separate-stderr oscore-gen --random-id-context --id-context 01 bad
	usage_error
}

@test "--list-algorithms: the twelve, by name and number; each makes a working directory" {
	run -0 --separate-stderr oscore-gen --list-algorithms
	equal "$stderr" ""
	equal "${#lines[@]}" 12
	for row in AES-CCM-16-64-128=10 AES-CCM-16-64-256=11 AES-CCM-64-64-128=12 \
		AES-CCM-64-64-256=13 \
		AES-CCM-16-128-128=30 AES-CCM-16-128-256=31 AES-CCM-64-128-128=32 \
			AES-CCM-64-128-256=33 \
		A128GCM=1 A192GCM=2 A256GCM=3 ChaCha20/Poly1305=24; do
		name=${row%=*} number=${row#*=}
		grep -F "$name" <<<"$output" | grep -qw "$number" || fail "$row"
		oscore-gen -a "$name" "by-name-$number"
		oscore-gen --algorithm "$number" "by-number-$number"
		equal "$(value "by-number-$number/settings.json" algorithm)" "\"$name\""
		text "$GET" oscore-protect -f hex -r client "by-name-$number" >message
		equal "$(oscore-unprotect -f hex -r server "by-name-$number" message)" "$GET"
	done
}

@test "algorithms, hashes and numbers that are not known are usage errors" {
	for arguments in "-a AES-CCM-16-64-129" "-a 14" "-a A128CBC" "--hkdf md5" "--hkdf sha384" \
		"--window 0" "--window 4097" \
		"--window x" "--client-id 0" "--client-id xy" "--server-id 0x0" "--id-context 123" \
			"--master-salt zz" \
		"--sender-seq x" "--sender-seq -1" "--sender-seq 1:" "--sender-seq :1" \
			"--sender-seq 1:2:3" \
		"--sender-seq 18446744073709551616" "--sender-seq 1e3"; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr oscore-gen $arguments bad
		usage_error
	done
	equal "$(names .)" ""
}

@test "what a load would refuse is not made" {
	for arguments in "--client-id 00" "--client-id 0102030405060708" \
		"-a AES-CCM-64-64-128 --server-id 0102"; do
		# shellcheck disable=SC2086
		run --separate-stderr oscore-gen $arguments bad
		[[ $status == [27] ]] || fail "status 7, or 2"
		equal "$output" ""
		# shellcheck disable=SC2086
		run --separate-stderr oscore-gen $arguments --pair bad1 bad2
		[[ $status == [27] ]] || fail "status 7, or 2"
	done
	equal "$(names .)" ""
}

@test "nothing that exists is replaced" {
	mkdir -m 755 empty
	echo precious >file
	ln -s nowhere link
	for name in empty file link; do
		run -1 --separate-stderr oscore-gen "$name"
		refused "$name" "exists"
		run -1 --separate-stderr oscore-gen --pair "$name" new
		refused "$name" "exists"
		[ ! -e "$name.peer" ]
	done
	equal "$(mode_of empty) $(names empty) $(cat file) $(readlink link)" "755  precious nowhere"
}

@test "--pair: a client directory never exists without its peer" {
	mkdir server
	run -1 --separate-stderr oscore-gen --pair client server
	refused server "exists"
	[ ! -e client ]
	equal "$(names .)" "server "
}

@test "--pair: without random numbers, and at any failure before the names, nothing is left" {
	for call in getrandom mkdir fsync fchmod; do
		for ((n = 1; n < 30; n++)); do
			rm -rf client server
			run --separate-stderr env ASAN_OPTIONS=detect_leaks=0 strace -f -o calls \
				-e trace=$call,mkdirat,renameat2 -e inject="$call:error=EIO:when=$n" \
				oscore-gen --pair client server
			grep -q INJECTED calls || break
			if grep -q renameat2 calls; then continue; fi
			[ "$status" -ne 0 ] || [ $call = getrandom ] || fail "$call $n"
			equal "$(names .)" "calls "
			delivered=$((${delivered:-0} + 1))
		done
	done
	[ "$delivered" -ge 10 ] || fail "delivered: $delivered"
}

@test "what a killed run has left, with its secret, is gone after the next one beside it" {
	mkdir deep
	run --separate-stderr env ASAN_OPTIONS=detect_leaks=0 strace -f -o calls \
		-e trace=fsync -e inject=fsync:signal=KILL:when=3 oscore-gen deep/one
	grep -q "killed by SIGKILL" calls
	[[ $(names deep) =~ ^".oscore-gen-"[0-9a-v]{6}" "$ ]] || fail "$(names deep)"
	equal "$(find deep -name secrets.json -size +0 | wc -l)" 1
	run -0 --separate-stderr oscore-gen deep/two
	silent
	equal "$(names deep)" "two "
}

@test "what a killed run has left of a pair is gone after the next one" {
	run --separate-stderr env ASAN_OPTIONS=detect_leaks=0 strace -f -o calls \
		-e trace=renameat2 -e inject="renameat2:signal=KILL:when=2" oscore-gen --pair client server
	grep -q "killed by SIGKILL" calls
	[[ $(names .) =~ ^".oscore-gen-"[0-9a-v]{6}" calls server "$ ]] || fail "$(names .)"
	rm -r server
	run -0 --separate-stderr oscore-gen --pair client server
	silent
	equal "$(names .)" "calls client server "
}

# leftover NAME - a directory as a killed run leaves it
leftover() {
	mkdir -m 700 "$1"
	echo '{}' >"$1/settings.json"
	(umask 077 && echo '{}' | tee "$1/secrets.json" "$1/secret.json" >"$1/sequence.json")
}

@test "what only looks like the rest of a killed run stays" {
	umask 077
	leftover context
	ln -s context .oscore-gen-aaaaaa
	leftover .oscore-gen-bbbbbb
	touch .oscore-gen-bbbbbb/lock
	leftover .oscore-gen-cccccc
	mkdir .oscore-gen-cccccc/more
	leftover .oscore-gen-dddddd
	touch .oscore-gen-dddddd/.hidden
	touch .oscore-gen-eeeeee
	mkfifo .oscore-gen-ffffff
	leftover .oscore-gen-old
	leftover .oscore-gen-aaaaa
	leftover .oscore-gen-aaaaaaa
	leftover .oscore-gen-XXXXXX
	mkdir sub
	leftover sub/.oscore-gen-aaaaaa
	before=$(snapshot .)
	run -0 --separate-stderr oscore-gen new
	silent
	rm -r new
	equal "$(snapshot .)" "$before"
}

@test "what another user has left stays" {
	[ "$(id -u)" -eq 0 ] || skip "only root can give files away"
	leftover .oscore-gen-aaaaaa
	leftover .oscore-gen-bbbbbb
	chown -R 65533 .oscore-gen-aaaaaa
	run -0 --separate-stderr oscore-gen new
	equal "$(names .)" ".oscore-gen-aaaaaa new "
}

@test "links in the rest of a killed run are removed, not what they lead to" {
	leftover precious
	leftover .oscore-gen-aaaaaa
	rm .oscore-gen-aaaaaa/secret.json .oscore-gen-aaaaaa/settings.json
	ln -s "$PWD/precious/secret.json" .oscore-gen-aaaaaa/secret.json
	ln precious/settings.json .oscore-gen-aaaaaa/settings.json
	before=$(snapshot precious)
	run -0 --separate-stderr oscore-gen new
	equal "$(names .)" "new precious "
	equal "$(snapshot precious)" "$before"
}

@test "a rest that cannot be removed does not keep a new context from being made" {
	leftover .oscore-gen-aaaaaa
	run -0 --separate-stderr env ASAN_OPTIONS=detect_leaks=0 strace -f -o calls -e trace=unlinkat \
		-e inject=unlinkat:error=EIO oscore-gen new
	silent
	grep -q INJECTED calls
	equal "$(names .)" ".oscore-gen-aaaaaa calls new "
}

@test "--pair wants two names" {
	for other in one ./one one/ "$PWD/one"; do
		run -2 --separate-stderr oscore-gen --pair one "$other"
		usage_error "must differ"
	done
	equal "$(names .)" ""
}

@test "--role does not go with --pair" {
	run -2 --separate-stderr oscore-gen --role client --pair client server
	usage_error
	equal "$(names .)" ""
}

@test "a directory that cannot be made: 1, nothing is left" {
	run -1 --separate-stderr oscore-gen no/such/dir
	refused no/such "no such file"
	equal "$(names .)" ""
}

@test "a directory that may not be written: 1, nothing is left" {
	need_unprivileged
	mkdir -m 555 closed
	run -1 --separate-stderr unprivileged oscore-gen closed/dir
	refused closed "permission denied"
	equal "$(names closed)" ""
}

@test "the name may end in a slash and hold a path" {
	mkdir deep
	run -0 --separate-stderr oscore-gen deep/dir/
	silent
	run -0 --separate-stderr oscore-gen "$PWD/deep/other"
	silent
	equal "$(names deep)" "dir other "
}

@test "modes do not depend on the umask" {
	for mask in 000 077 777; do
		run -0 --separate-stderr bash -c 'umask "$1"; oscore-gen "$2"' - "$mask" "dir$mask"
		equal "$(modes "dir$mask" | tr '\n' ,)" \
			"700,secrets.json 600,sequence.json 600,settings.json 644,"
	done
}

@test "a given secret needs --sender-seq" {
	secret
	run -2 --separate-stderr oscore-gen --secret-file secret dir
	usage_error "--sender-seq"
	equal "$(names .)" "secret "
	run -0 --separate-stderr oscore-gen --secret-file secret --sender-seq 0 dir
	silent
	equal "$(value dir/secrets.json secret_hex)" "\"$SECRET\""
	equal "$(value dir/sequence.json seen)" '{"00":[-1],"01":[-1]}'
}

@test "--secret-file: standard input, separators, and what is no secret" {
	run -0 --separate-stderr text "$SECRET" oscore-gen --secret-file - --sender-seq 0 dir
	silent
	equal "$(value dir/secrets.json secret_hex)" "\"$SECRET\""
	run -0 --separate-stderr bash -c \
		'oscore-gen --secret-file <(echo "$1") --sender-seq 0 dir2' - "$SECRET"
	equal "$(value dir2/secrets.json secret_hex)" "\"$SECRET\""
	run -1 --separate-stderr oscore-gen --secret-file no-such-file --sender-seq 0 bad
	refused no-such-file "no such file"
	for text in "" 123 xyz "$(printf '%0512d' 0)"; do
		(umask 077 && echo "$text" >secret)
		run --separate-stderr oscore-gen --secret-file secret --sender-seq 0 bad
		[[ $status == [157] ]] || fail "a status of the secret"
		equal "$output" ""
		one_error secret
	done
	[ ! -e bad ]
}

@test "--secret-file: a text that is too long is no secret, whatever it begins with" {
	umask 077
	{ printf '%540s' '' && printf '%064d' 0; } >before
	{ printf '%032d' 0 && printf '%600s' '' && printf '%032d' 0; } >between
	{ printf '%032d' 0 && printf '%600s' '' && printf zz; } >behind
	for file in before between behind; do
		for name in $file -; do
			run -5 --separate-stderr oscore-gen --secret-file "$name" --sender-seq 0 dir <$file
			equal "$output" ""
			said "not a Master Secret in hex"
		done
	done
	equal "$(names .)" "before behind between "
}

@test "a secret file that others can read is warned about" {
	secret
	chmod 644 secret
	run -0 --separate-stderr oscore-gen --secret-file secret --sender-seq 0 dir
	said "warning: .*secret"
}

@test "--sender-seq above 0: the windows start there" {
	secret
	oscore-gen --secret-file secret --sender-seq 20:300 --client-id "" --server-id 01 \
		--master-salt "$SALT" both
	equal "$(value both/sequence.json used)" '{"":20,"01":300}'
	equal "$(value both/sequence.json seen)" '{"":[19],"01":[299]}'
	oscore-gen --secret-file secret --sender-seq 20:300 --client-id "" --server-id 01 \
		--master-salt "$SALT" --pair client server
	equal "$(value client/sequence.json next-to-send)" 20
	equal "$(value server/sequence.json next-to-send)" 300
	run -6 --separate-stderr text "${GET_PROTECTED/0914/0913}" oscore-unprotect -f hex server
	run -0 --separate-stderr text "$GET_PROTECTED" oscore-unprotect -f hex server
	prints "$GET"
	run -6 --separate-stderr text "${GET_PROTECTED/0914/0913}" oscore-unprotect -f hex -r \
		server both
}

@test "--sender-seq N is for every side" {
	oscore-gen --sender-seq 7 both
	equal "$(value both/sequence.json used)" '{"00":7,"01":7}'
	oscore-gen --sender-seq 1099511627775 --pair client server
	text "$GET" oscore-protect -f hex client >message
	run -0 --separate-stderr oscore-unprotect -f hex server message
	prints "$GET"
	run -8 --separate-stderr text "$GET" oscore-protect -f hex client
}

@test "with -r and a number above 0 the window for the peer is lost, with 0 it is empty" {
	secret
	text "$GET" oscore-protect -f hex "$(pair_context peer "" 01 && echo peer)" >message
	oscore-gen --secret-file secret --sender-seq 5 -r server --client-id "" --server-id 01 \
		--master-salt "$SALT" used
	run -6 --separate-stderr oscore-unprotect -f hex used message
	run -4 --separate-stderr text "$(broken "$(cat message)")" oscore-unprotect -f hex used
	oscore-gen --secret-file secret --sender-seq 0 -r server --client-id "" --server-id 01 \
		--master-salt "$SALT" new
	run -0 --separate-stderr oscore-unprotect -f hex new message
	prints "$GET"
}

@test "--dialect pair: a directory for one side, as --pair makes it" {
	secret
	common=(--secret-file secret --sender-seq 0 --id-context 37cb --master-salt 9e7c -a A128GCM)
	oscore-gen "${common[@]}" --pair client server
	for side in client server; do
		run -0 --separate-stderr oscore-gen "${common[@]}" --dialect pair -r "$side" "only-$side"
		silent
		equal "$(modes "only-$side")" "$(modes "$side")"
		for name in settings.json secret.json sequence.json; do
			cmp "only-$side/$name" "$side/$name"
		done
	done
	text "$GET" oscore-protect -f hex only-client >req
	run -0 --separate-stderr oscore-unprotect -f hex only-server req
	prints "$GET"
}

@test "--dialect pair for a side of a context in use elsewhere: its number, and a lost window" {
	secret
	oscore-gen --secret-file secret --sender-seq 0 --pair client server
	for row in "client server" "server client"; do
		read -r side peer <<<"$row"
		run -0 --separate-stderr oscore-gen --secret-file secret --sender-seq 20 --dialect pair -r \
			"$side" "only-$side"
		silent
		equal "$(value "only-$side/settings.json" role)" "\"$side\""
		equal "$(value "only-$side/sequence.json" next-to-send)" 20
		equal "$(value "only-$side/sequence.json" received)" '"unknown"'
		text "$GET" oscore-protect -f hex "$peer" >req
		run -6 --separate-stderr oscore-unprotect -f hex "only-$side" req
		refused req:1 "window is lost"
		run -0 --separate-stderr text "$GET" oscore-protect -f hex "only-$side"
		[[ $output == *0914* ]] || fail "number 20"
	done
}

@test "--dialect role is the default, with and without a role" {
	secret
	for role in "" "-r client"; do
		# shellcheck disable=SC2086
		oscore-gen $role --secret-file secret --sender-seq 7:9 "plain$role"
		# shellcheck disable=SC2086
		oscore-gen $role --secret-file secret --sender-seq 7:9 --dialect role "role$role"
		diff -r "plain$role" "role$role"
	done
}

@test "--dialect: another word, pair without a side, and with --pair" {
	run -2 --separate-stderr oscore-gen --dialect both dir
	usage_error "--dialect: role or pair, not both"
	run -2 --separate-stderr oscore-gen --dialect pair dir
	usage_error "add '-r client' or '-r server'"
	for dialect in role pair; do
		run -2 --separate-stderr oscore-gen --dialect $dialect --pair client server
		usage_error "--dialect and --pair exclude each other"
	done
	equal "$(names .)" ""
}

@test "IDs and salt may be written as in messages" {
	for hex in 0a0B 0A:0b "0a 0b" 0x0a0b "0x0a 0x0B" 0a-0b " 0a0b "; do
		oscore-gen --client-id "$hex" --server-id "$hex:0c" --id-context "$hex" --master-salt "$hex" \
			dir
		equal "$(value dir/settings.json client-sender-id_hex)" '"0a0b"'
		equal "$(value dir/settings.json server-sender-id_hex)" '"0a0b0c"'
		equal "$(value dir/settings.json id-context_hex)" '"0a0b"'
		equal "$(value dir/secrets.json salt_hex)" '"0a0b"'
		rm -r dir
	done
}

@test "words in any case; what is written has one form" {
	oscore-gen dir -a aes-ccm-16-64-256 --hkdf SHA512 -r Server --dialect PAIR
	oscore-gen same -a AES-CCM-16-64-256 --hkdf sha512 -r server --dialect pair
	cmp dir/settings.json same/settings.json
	for number in 11 24; do
		oscore-gen "by-$number" -a $number
		[[ $(value "by-$number/settings.json" algorithm) == '"'[A-C]* ]] || fail "no name"
	done
	for word in "-a AES-CCM" "-a ChaCha20" "--hkdf sha-256" "--hkdf sha51" "-r clients" "-r c" \
		"--dialect rolepair"; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr oscore-gen $word bad
		usage_error
	done
}

@test "a state that was made and got lost is not made again" {
	oscore-gen dir
	rm dir/sequence.json
	run -7 --separate-stderr text "$GET" oscore-protect -f hex -r client dir
	refused dir/sequence.json
}
