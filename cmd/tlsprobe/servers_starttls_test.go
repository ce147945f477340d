package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/testproc"
)

// starttlsDaemons speak the protocols that begin in the clear.
var starttlsDaemons = map[string]daemon{
	"exim":     {program: "exim4", source: apt("exim4-daemon-light"), conf: "exim.conf", args: "-bdf -C {conf}", root: true},
	"nginx":    {program: "nginx", source: apt("nginx-light libnginx-mod-mail"), conf: "nginx-mail.conf", args: "-p {dir} -c {conf}", first: mailModule},
	"dovecot":  {program: "dovecot", source: apt("dovecot-imapd dovecot-pop3d dovecot-managesieved dovecot-lmtpd"), conf: "dovecot.conf", args: "-F -c {conf}"},
	"vsftpd":   {program: "vsftpd", source: apt("vsftpd"), conf: "vsftpd.conf", args: "{conf}"},
	"inspircd": {program: "inspircd", source: apt("inspircd"), conf: "inspircd.conf", args: "--nofork --config {conf}"},
	"ngircd":   {program: "ngircd", source: apt("ngircd"), conf: "ngircd.conf", args: "-n -f {conf}"},
	"slapd":    {program: "slapd", source: apt("slapd"), conf: "slapd.conf", args: "-d 0 -f {conf} -h 'ldap://127.0.0.1:{port-ldap} ldaps://127.0.0.1:{port-ldaps}'"},
	"prosody":  {program: "prosody", source: apt("prosody"), conf: "prosody.cfg.lua", args: "--config {conf} -F"},
	"mariadb": {program: "mariadbd", source: apt("mariadb-server-core"),
		args: mariadb + " --ssl-cert={cert} --ssl-key={key}"},
	"slapd-without": {program: "slapd", source: apt("slapd"), conf: "slapd-without.conf", args: "-d 0 -f {conf} -h ldap://127.0.0.1:{port-ldap}"},
	"xrdp":          {program: "xrdp", source: apt("xrdp"), conf: "xrdp.ini", args: "--nodaemon -c {conf}"},
	"xrdp-without":  {program: "xrdp", source: apt("xrdp"), conf: "xrdp-without.ini", args: "--nodaemon -c {conf}"},
	"mariadb-without": {program: "mariadbd", source: apt("mariadb-server-core"),
		args: mariadb + " --skip-ssl"},
	"postgres": {program: "/usr/lib/postgresql/*/bin/postgres", source: apt("postgresql"), first: initdb,
		args: postgres},
}

// postgres is a database that initdb has made.
const postgres = "-D {dir}/data -p {port-postgres} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c shared_buffers=1MB" +
	" -c ssl=on -c ssl_cert_file={cert} -c ssl_key_file={key}"

// mariadb is a database without tables of its own.
const mariadb = "--no-defaults --datadir={dir} --skip-grant-tables --bind-address=127.0.0.1 --port={port-mysql} --socket={dir}/socket --pid-file={dir}/pid" +
	" --skip-innodb --default-storage-engine=Aria --default-tmp-storage-engine=Aria"

// mailModule is a package of its own.
func mailModule(t *testing.T, _ *started) {
	testproc.Find(t, "/usr/lib/nginx/modules/ngx_mail_module.so", apt("libnginx-mod-mail"))
}

// initdb makes a database.
func initdb(t *testing.T, d *started) {
	initdbOf(t, d, testproc.Find(t, "/usr/lib/postgresql/*/bin/postgres", ""))
}

// initdbOf makes a database with the program that is beside the server.
func initdbOf(t *testing.T, d *started, server string) {
	testproc.Run(t, d.command(filepath.Join(filepath.Dir(server), "initdb"), "-D {dir}/data -A trust -N --no-instructions -E UTF8 --locale C"))
}

// greeting is a port where a protocol begins in the clear.
type greeting struct {
	protocol, port string
	direct, hint   string // what comes of TLS at once, and what helps
	other, code    string // what comes of another protocol
}

// greetings are what the daemons are asked.
var greetings = map[string][]greeting{
	"exim": {
		{"smtp", "smtp", "tls.not_tls", "--starttls smtp", "imap", "starttls.protocol"},
		{"submission", "smtp", "tls.not_tls", "--starttls smtp", "lmtp", "starttls.not_offered"},
	},
	"nginx": {
		{"smtp", "smtp", "tls.not_tls", "--starttls smtp", "pop3", "starttls.protocol"},
		{"imap", "imap", "tls.not_tls", "--starttls imap", "smtp", "starttls.protocol"},
		{"pop3", "pop3", "tls.not_tls", "--starttls pop3", "smtp", "starttls.protocol"},
	},
	"dovecot": {
		{"imap", "imap", "tls.not_tls", "--starttls imap", "sieve", "starttls.protocol"},
		{"pop3", "pop3", "tls.not_tls", "--starttls pop3", "imap", "starttls.protocol"},
		{"sieve", "sieve", "tls.not_tls", "--starttls sieve", "imap", "starttls.protocol"},
		{"lmtp", "lmtp", "tls.not_tls", "lmtp", "smtp", "starttls.not_offered"},
	},
	"vsftpd":   {{"ftp", "ftp", "tls.not_tls", "--starttls ftp", "smtp", "starttls.not_offered"}},
	"inspircd": {{"irc", "irc", "tls.timeout", "--starttls", "smtp", "tcp.timeout"}},
	"slapd":    {{"ldap", "ldap", "tls.closed", "", "smtp", "tcp.timeout"}},
	"prosody": {
		{"xmpp", "xmpp", "tls.not_tls", "--starttls xmpp", "imap", "tcp.timeout"},
		{"xmpp-server", "xmpp-server", "tls.not_tls", "--starttls xmpp", "imap", "tcp.timeout"},
	},
	"xrdp":     {{"rdp", "rdp", "tls.not_tls", "--starttls rdp", "smtp", "tcp.timeout"}},
	"mariadb":  {{"mysql", "mysql", "tls.not_tls", "--starttls mysql", "smtp", "starttls.protocol"}},
	"postgres": {{"postgres", "postgres", "tls.closed", "", "mysql", "tcp.timeout"}},
}

// refusals are how the daemons say no: on a port without TLS, or to a name.
var refusals = map[string][]struct{ protocol, port, name, code, says string }{
	"exim": {{"smtp", "smtp", "in_valid", "starttls.refused", "does not take the name we gave: \"501 Syntactically invalid EHLO"}},
	"nginx": {
		{"smtp", "smtp-without", "", "starttls.not_offered", `"250 mail.test"`},
		{"imap", "imap-without", "", "starttls.not_offered", `"* CAPABILITY IMAP4 IMAP4rev1 UIDPLUS AUTH=PLAIN`},
		{"pop3", "pop3-without", "", "starttls.not_offered", `TOP\nUSER\nUIDL`},
	},
	"ngircd":          {{"irc", "irc", "", "starttls.not_offered", `CAP * LS :multi-prefix`}},
	"slapd-without":   {{"ldap", "ldap", "", "starttls.not_offered", "resultCode 2"}},
	"xrdp-without":    {{"rdp", "rdp", "", "starttls.not_offered", "standard RDP security was chosen"}},
	"mariadb-without": {{"mysql", "mysql", "", "starttls.not_offered", "-MariaDB"}},
	"prosody":         {{"xmpp", "xmpp", "nowhere.test", "starttls.refused", "<host-unknown "}, {"xmpp-server", "xmpp-server", "nowhere.test", "starttls.refused", "<host-unknown "}},
}

// resuming are the daemons of one process, or whose processes share what they
// need: all others make tickets that none of theirs takes, or none.
var resuming = []string{"nginx", "mariadb", "vsftpd"}

func TestServersBehindSTARTTLS(t *testing.T) {
	for name, x := range starttlsDaemons {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := startDaemons(t, x)
			ca := d.values["ca"]
			for _, r := range refusals[name] {
				args := []string{"connect", d.at(r.port), "--starttls", r.protocol}
				if r.name != "" {
					args = append(args, "--starttls-name", r.name)
				}
				rep := d.ends(t, 3, r.code, "", args...)
				require.Contains(t, rep.Error.Message, r.says)
			}
			for _, g := range greetings[name] {
				address := d.at(g.port)
				for _, version := range []string{"1.3", "1.2"} {
					rep := d.connect("connect", address, "--starttls", g.protocol, "--ca-file", ca, "--json", "--min-version", version, "--max-version", version)
					require.Equal(t, g.protocol, *rep.Target.StartTLS)
					require.Equal(t, "TLS "+version, rep.Result.Version.Name)
					require.True(t, rep.Verification.OK)
					require.Equal(t, []string{"localhost"}, rep.Certificates[0].Names)
					if slices.Contains(resuming, name) {
						rep, said := d.full("connect", address, "--starttls", g.protocol, "--ca-file", ca, "--json", "--resume", "--max-version", version)
						require.True(t, rep.Second.Result.Resumed, "%s", said)
					}
				}
				rep, said := d.full("connect", address, "--starttls", g.protocol, "--ca-file", ca, "--json", "--max-version", "1.2", "--suites", "TLS_RSA_WITH_AES_128_CBC_SHA", "--timeout", "5s")
				require.Equal(t, 4, rep.Exit, said)
				require.Contains(t, []string{"tls.alert", "tls.closed"}, rep.Error.Code, "nothing in common: %s", said)
				d.ends(t, 1, "verify.unknown_issuer", "", "connect", address, "--starttls", g.protocol, "--no-system-roots", "--ca-file", d.values["other-ca"])
				d.ends(t, 4, g.direct, g.hint, "connect", address, "--ca-file", ca, "--timeout", waitFor(g.direct))
				d.ends(t, 3, g.code, "", "connect", address, "--starttls", g.other, "--timeout", waitFor(g.code))
			}
		})
	}
}

// waitFor is how long a server is waited for that ends with the code.
func waitFor(code string) string {
	if strings.HasSuffix(code, ".timeout") {
		return "400ms"
	}
	return "10s" // on a busy machine
}

// ends checks how a command ends that fails, and what it says.
func (fx *fixtures) ends(t *testing.T, exit int, code, hint string, args ...string) connectReport {
	t.Helper()
	rep, said := fx.tries(nil, append(args, "--json")...)
	require.Equal(t, exit, rep.Exit, "%v: %s", args, said)
	if exit == 1 {
		rep.Error.Code = rep.Verification.Errors[0].Code
	}
	require.Equal(t, code, rep.Error.Code, "%v: %s", args, said)
	require.True(t, strings.Contains(rep.Error.Hint, hint), "%v: hint %q, %s", args, rep.Error.Hint, said)
	return rep
}

// TestPostgreSQLThatSpeaksTLSAtOnce is of version 17 and later; make interop
// has it.
func TestPostgreSQLThatSpeaksTLSAtOnce(t *testing.T) {
	program := os.Getenv("TLSENGINE_POSTGRES")
	if program == "" {
		t.Skip("TLSENGINE_POSTGRES names no server: make interop")
	}
	d := startDaemons(t, daemon{program: program, source: "make interop", args: postgres, first: func(t *testing.T, d *started) { initdbOf(t, d, program) }})
	for _, protocol := range []string{"postgres", "postgres-direct"} {
		rep := d.connect("connect", d.at("postgres"), "--starttls", protocol, "--ca-file", d.values["ca"], "--json")
		require.Equal(t, "TLS 1.3", rep.Result.Version.Name)
		require.Equal(t, protocol == "postgres-direct", rep.Result.ALPN != nil && *rep.Result.ALPN == "postgresql")
		d.ends(t, 1, "verify.unknown_issuer", "", "connect", d.at("postgres"), "--starttls", protocol, "--no-system-roots", "--ca-file", d.values["other-ca"])
	}
	d.ends(t, 4, "tls.alert", "--alpn offers others", "connect", d.at("postgres"), "--ca-file", d.values["ca"], "--alpn", "h2")
}
