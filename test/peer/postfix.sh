#!/bin/bash
# A private mail server for tests: Postfix with Dovecot's SASL, STARTTLS before everything else.
#
#   postfix.sh up DIR PORT    listens on 127.0.0.1:PORT; DIR/ca.crt signs its certificate
#   postfix.sh down DIR
#
# AUTH is rekey / mail-secret. Everything accepted lands in DIR/box/new, one file each, with the
# envelope as its first headers. Recipients: reject@... gets 550, defer@... gets 451.
set -eu

up() {
	local dir=$1 port=$2
	mkdir -p "$dir"/{conf,queue,data,box,sasl}
	chmod 755 "$dir"
	chown postfix "$dir/data"
	chown nobody "$dir/box"
	certificates "$dir"
	sasl "$dir"
	postfix_files "$dir" "$port"
	dovecot -c "$dir/sasl/dovecot.conf" -F >"$dir/sasl/out" 2>&1 </dev/null &
	echo $! >"$dir/dovecot.pid"
	await test -S "$dir/queue/rekey-auth"
	postfix -c "$dir/conf" start >"$dir/start.log" 2>&1 || { cat "$dir/start.log"; return 1; }
	await listens "$port"
}

down() {
	postfix -c "$1/conf" stop >/dev/null 2>&1 || true
	kill "$(cat "$1/dovecot.pid")" 2>/dev/null || true
	await gone "$(cat "$1/dovecot.pid")"
}

gone() { ! kill -0 "$1" 2>/dev/null; }

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

await() {
	local tries
	for tries in $(seq 200); do
		! "$@" || return 0
		sleep 0.05
	done
	echo "postfix.sh: not there after 10 s (try $tries): $*" >&2
	return 1
}

certificates() {
	local dir=$1
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=rekey test CA" \
		-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign \
		-keyout "$dir/ca.key" -out "$dir/ca.crt" 2>"$dir/openssl.log"
	openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" \
		-keyout "$dir/server.key" -out "$dir/server.csr" 2>>"$dir/openssl.log"
	printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' >"$dir/server.ext"
	openssl x509 -req -in "$dir/server.csr" -CA "$dir/ca.crt" -CAkey "$dir/ca.key" -CAcreateserial \
		-days 2 -extfile "$dir/server.ext" -out "$dir/server.crt" 2>>"$dir/openssl.log"
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=another CA" \
		-keyout "$dir/other.key" -out "$dir/other.crt" 2>>"$dir/openssl.log"
}

sasl() {
	local dir=$1
	echo 'rekey:{PLAIN}mail-secret' >"$dir/sasl/users"
	chmod 644 "$dir/sasl/users"
	cat >"$dir/sasl/dovecot.conf" <<END
base_dir = $dir/sasl/run
state_dir = $dir/sasl/state
log_path = $dir/sasl/log
protocols =
ssl = no
auth_mechanisms = plain login
disable_plaintext_auth = no
passdb {
  driver = passwd-file
  args = scheme=PLAIN $dir/sasl/users
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=/nonexistent
}
service auth {
  unix_listener $dir/queue/rekey-auth {
    mode = 0600
    user = postfix
  }
}
END
}

postfix_files() {
	local dir=$1 port=$2 uid gid
	uid=$(id -u nobody)
	gid=$(id -g nobody)
	cat >"$dir/conf/main.cf" <<END
compatibility_level = 3.6
config_directory = $dir/conf
queue_directory = $dir/queue
data_directory = $dir/data
maillog_file = $dir/maillog
maillog_file_prefixes = $dir
myhostname = localhost
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
default_transport = virtual:
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:box/
virtual_mailbox_base = $dir
virtual_minimum_uid = 1
virtual_uid_maps = static:$uid
virtual_gid_maps = static:$gid
smtpd_tls_cert_file = $dir/server.crt
smtpd_tls_key_file = $dir/server.key
smtpd_tls_security_level = encrypt
smtpd_tls_received_header = yes
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = rekey-auth
smtpd_sasl_authenticated_header = yes
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access regexp:$dir/conf/recipients, permit_sasl_authenticated, reject
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
END
	printf '/^reject@/ 550 5.1.1 no such user\n/^defer@/ 451 4.3.0 try later\n' >"$dir/conf/recipients"
	# Only what a private instance needs, without chroot: the master.cf of the system has both.
	cat >"$dir/conf/master.cf" <<END
127.0.0.1:$port inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
END
}

case ${1:-} in
up) up "$2" "$3" ;;
down) down "$2" ;;
*) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
