package interop

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/testproc"
)

// nss is the programs selfserv and tstclnt, of the library of Firefox. They
// keep certificates in a database of their own.
var nss = &peer{
	name: "nss", programs: []string{"selfserv", "tstclnt", "certutil", "pk12util", "openssl"},
	source: "apt-get install libnss3-tools openssl",
	serve:  nssServe, connect: nssConnect,
	version: tlsengine.VersionTLS13, suites: tls13Suites,
	groups: []group.ID{group.X25519, group.P256, group.P384, group.P521},
	kinds:  nssKinds,
	has:    hasAuth | hasEarlyServer | hasEarlyClient | hasExporterClient | hasResumption | hasSessionID | hasEcho,
}

var nssKinds = []kind{ecdsa256, ecdsa384, ecdsa521, rsaKey, rsaPSSKey}

var nssGroups = map[group.ID]string{
	group.X25519: "x25519", group.P256: "P256", group.P384: "P384", group.P521: "P521",
}

var nssOnce sync.Once

// nssDB is the database with the root in it and, for those who have an
// identity, the certificates: tstclnt sends any that it finds.
func nssDB(t *testing.T, id *identity) string {
	with, without := keys(t).file("nss"), keys(t).file("nss-root")
	nssOnce.Do(func() {
		for _, dir := range []string{with, without} {
			require.NoError(t, os.Mkdir(dir, 0o700))
			run(t, "certutil", "-N", "-d", "sql:"+dir, "--empty-password")
			run(t, "certutil", "-A", "-d", "sql:"+dir, "-n", "root", "-t", "CT,CT,", "-i", keys(t).ca)
		}
		for _, k := range nssKinds {
			id, bundle := keys(t).identity(t, k), keys(t).file(string(k)+".p12")
			run(t, "openssl", "pkcs12", "-export", "-in", id.cert, "-inkey", id.key, "-name", string(k), "-passout", "pass:", "-out", bundle)
			run(t, "pk12util", "-i", bundle, "-d", "sql:"+with, "-W", "")
		}
	})
	if id == nil {
		return "sql:" + without
	}
	return "sql:" + with
}

// nssSchemes are those of the default, and those for keys that are for
// RSASSA-PSS only.
const nssSchemes = "ecdsa_secp256r1_sha256,ecdsa_secp384r1_sha384,ecdsa_secp521r1_sha512," +
	"rsa_pss_rsae_sha256,rsa_pss_rsae_sha384,rsa_pss_rsae_sha512," +
	"rsa_pss_pss_sha256,rsa_pss_pss_sha384,rsa_pss_pss_sha512,rsa_pkcs1_sha256"

// nssFlags are those that both programs share.
func nssFlags(t *testing.T, s *setup) []string {
	args := []string{"-d", nssDB(t, s.identity), "-J", nssSchemes}
	switch {
	case s.both:
		args = append(args, "-V", "tls1.2:tls1.3", "-G")
	case s.tls13():
		args = append(args, "-V", "tls1.3:tls1.3")
	default:
		args = append(args, "-V", "tls1.2:tls1.2", "-G")
	}
	if s.suite != 0 {
		args = append(args, "-c", fmt.Sprintf(":%04X", uint16(s.suite)))
	}
	if s.groups != nil {
		args = append(args, "-I", strings.ReplaceAll(join(s.groups, nssGroups), ":", ","))
	}
	if s.tickets >= 0 {
		args = append(args, "-u")
	}
	if s.early != "" {
		args = append(args, "-Z")
	}
	if s.label != "" {
		args = append(args, "-x", fmt.Sprintf("%s:%d", s.label, exportSize))
	}
	return args
}

func nssServe(t *testing.T, s setup) *running {
	port := testproc.FreePort(t)
	args := append([]string{"-p", strconv.Itoa(port)}, nssFlags(t, &s)...)
	switch s.identity.kind {
	case rsaKey, rsaPSSKey:
		args = append(args, "-n", string(s.identity.kind))
	default:
		args = append(args, "-e", string(s.identity.kind))
	}
	switch s.auth {
	case tlsengine.RequestClientCert:
		args = append(args, "-r")
	case tlsengine.RequireClientCert:
		args = append(args, "-r", "-r")
	}
	p := start(t, nil, "selfserv", args...)
	return &running{process: p, addr: fmt.Sprintf("127.0.0.1:%d", port), exchange: nssExchange}
}

// nssExchange gets a file: selfserv is a web server of a kind, and takes no
// bodies.
func nssExchange(t *testing.T, s *side, data []byte) {
	file := filepath.Base(payloadFile(t, len(data)))
	require.NoError(t, s.send([]byte("GET "+file+" HTTP/1.0\r\n\r\n")))
	for s.line() != "\r\n" {
	}
	got, err := s.read(len(data))
	require.NoError(t, err)
	require.True(t, string(data) == string(got), "what came is not what is in the file")
}

func nssConnect(t *testing.T, s setup, addr string) *running {
	host, port, _ := strings.Cut(addr, ":")
	args := append([]string{"-h", host, "-p", port, "-a", serverName}, nssFlags(t, &s)...)
	if s.identity != nil {
		args = append(args, "-n", string(s.identity.kind))
	}
	if s.resume {
		args = append(args, "-L", "2", "-A", payloadFile(t, 0))
	}
	if s.label != "" {
		args = append(args, "-Q")
	}
	p := start(t, keylogEnv(&s), "tstclnt", args...)
	r := &running{process: p, exported: saidKeyingMaterial(p)}
	switch {
	case s.resume:
		r.exchange = nssAnswer
	case s.label == "":
		p.echo()
	}
	return r
}

// nssAnswer is for a client that says what it has, and then waits for the
// end.
func nssAnswer(t *testing.T, s *side, data []byte) {
	got, err := s.read(len(data))
	require.NoError(t, err)
	require.True(t, string(data) == string(got), "what came is not what is in the file")
	require.NoError(t, s.send(data))
	s.close()
}
