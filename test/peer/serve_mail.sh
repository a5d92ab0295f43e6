#!/bin/bash
# The whole server before a real Postfix: a message leaves, waits while the relay is silent without
# slowing anything, and leaves when it is back. usage: serve_mail.sh REKEY
set -euo pipefail

rekey=$1
here=$(dirname "$(readlink -f "$0")")
[ "$(id -u)" = 0 ] || { echo "1..0 # SKIP Postfix needs root"; exit 0; }
work=$(mktemp -d /tmp/rekey-serve-mail-XXXXXX)
count=0

free_port() {
	/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

finish() {
	[ -z "${serving:-}" ] || kill "$serving" 2>/dev/null || true
	"$here/postfix.sh" down "$work/relay" || true
	wait
	rm -rf "$work"
}
trap finish EXIT

# ok WORDS COMMAND...: one line of TAP
quietly() { "$@" >/dev/null; }

ok() {
	local words=$1
	shift
	count=$((count + 1))
	if "$@"; then echo "ok $count - $words"; else
		echo "not ok $count - $words"
		sed 's/^/# /' "$work/serve.log"
		exit 1
	fi
}

ask() { "$rekey" "$@" --data "$work/data"; }

await() {
	local tries
	for tries in $(seq 150); do
		! "$@" 2>/dev/null || return 0
		sleep 0.1
	done
	echo "# not after 15 s (try $tries): $*"
	return 1
}

outbox_says() { ask outbox list | grep -q "$1"; }

arrived() { grep -qs "^Delivered-To: $1" "$work"/relay/box/new/*; }

healthy_at_once() {
	local took
	took=$(curl -sf -o /dev/null -w '%{time_total}' "http://localhost:$port/healthz")
	echo "# healthz in $took s"
	awk -v took="$took" 'BEGIN { exit !(took < 0.5) }'
}

chmod 755 "$work"
relay_port=$(free_port)
"$here/postfix.sh" up "$work/relay" "$relay_port"
port=$(free_port)
mkdir -m 700 "$work/data"
(umask 077 && printf mail-secret >"$work/password")
cat >"$work/rekey.conf" <<END
[site]
baseUrl = http://localhost:$port
organisation = Example
allowMissingCage = user
[mail]
smtpHost = 127.0.0.1
smtpPort = $relay_port
smtpUser = rekey
smtpPasswordFile = $work/password
smtpCaFile = $work/relay/ca.crt
sender = no-reply@rekey.example
END
"$rekey" serve --data "$work/data" --config "$work/rekey.conf" --listen "127.0.0.1:$port" >"$work/serve.log" 2>&1 &
serving=$!

echo 1..9
ok "the server answers" await ask ready
ask mail test ada@example.net
ok "a message reaches the mailbox" await arrived ada@example.net
ok "the outbox says so" await outbox_says sent
postfix -c "$work/relay/conf" stop >/dev/null 2>&1
ask mail test late@example.net
ok "without the relay a message waits" await outbox_says 'waiting.* 1 '
ok "and nothing else does" healthy_at_once
postfix -c "$work/relay/conf" start >/dev/null 2>&1
late=$(ask outbox list --state waiting | awk 'END { print $1 }')
ask outbox retry "$late"
ok "it leaves when the relay is back" await arrived late@example.net
ok "and the audit log of it holds" quietly ask audit verify
ask audit export >"$work/log.csv"
ok "it is exported with a line for each event" \
	test "$(wc -l <"$work/log.csv")" = "$(($(ask audit export --as jsonl | wc -l) + 1))"
ok "among them the message" grep -q '"Manage outbox","success"' "$work/log.csv"
