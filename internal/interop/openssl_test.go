package interop

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/testproc"
)

// openssl is the programs s_server and s_client.
var openssl = &peer{
	name: "openssl", programs: []string{"openssl"}, source: "apt-get install openssl",
	serve: opensslServe, connect: opensslConnect,
	version: tlsengine.VersionTLS13, suites: tls13Suites,
	groups: []group.ID{group.X25519, group.P256, group.P384, group.P521, group.X448},
	kinds:  opensslKinds,
	has: hasAuth | hasALPN | hasSNI | hasEarlyServer | hasEarlyClient | hasExporter | hasKeyLog |
		hasUpdateServer | hasUpdateClient | hasResumption | hasSessionID | hasEcho | hasClose | hasQuit,
	updates: []string{"k", "K"}, renegotiate: "R",
}

var opensslKinds = []kind{ecdsa256, ecdsa384, ecdsa521, rsaKey, rsaPSSKey, ed25519Key, ed448Key}

var opensslGroups = map[group.ID]string{
	group.X25519: "X25519", group.X448: "X448", group.P256: "P-256", group.P384: "P-384", group.P521: "P-521",
}

// opensslSuites are the names of TLS 1.2's.
var opensslSuites = map[cipher.ID]string{
	cipher.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256:       "ECDHE-ECDSA-AES128-GCM-SHA256",
	cipher.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384:       "ECDHE-ECDSA-AES256-GCM-SHA384",
	cipher.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-ECDSA-CHACHA20-POLY1305",
	cipher.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256:         "ECDHE-RSA-AES128-GCM-SHA256",
	cipher.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384:         "ECDHE-RSA-AES256-GCM-SHA384",
	cipher.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256:   "ECDHE-RSA-CHACHA20-POLY1305",
}

// opensslFlags are those that s_server and s_client share.
func opensslFlags(s *setup) []string {
	args := slices.Clone(s.flags)
	switch {
	case s.both:
	case s.tls13():
		args = append(args, "-tls1_3")
	default:
		args = append(args, "-tls1_2")
	}
	switch {
	case s.suite != 0 && s.tls13():
		args = append(args, "-ciphersuites", s.suite.String())
	case s.suite != 0:
		args = append(args, "-cipher", opensslSuites[s.suite])
	}
	if s.groups != nil {
		args = append(args, "-groups", join(s.groups, opensslGroups))
	}
	if s.identity != nil {
		args = append(args, "-cert", s.identity.cert, "-key", s.identity.key)
	}
	if s.alpn != "" {
		args = append(args, "-alpn", s.alpn)
	}
	if s.tickets < 0 {
		args = append(args, "-no_ticket")
	}
	if s.label != "" {
		args = append(args, "-keymatexport", s.label, "-keymatexportlen", strconv.Itoa(exportSize))
	}
	if s.keylog != "" {
		args = append(args, "-keylogfile", s.keylog)
	}
	if !s.verbose && s.label == "" {
		args = append(args, "-quiet")
	}
	return args
}

func join[K comparable](list []K, names map[K]string) string {
	var out []string
	for _, k := range list {
		out = append(out, names[k])
	}
	return strings.Join(out, ":")
}

func opensslServe(t *testing.T, s setup) *running {
	port := testproc.FreePort(t)
	args := append([]string{"s_server", "-accept", strconv.Itoa(port), "-CAfile", s.ca}, opensslFlags(&s)...)
	switch s.auth {
	case tlsengine.RequireClientCert:
		args = append(args, "-Verify", "2", "-verify_return_error")
	case tlsengine.RequestClientCert:
		args = append(args, "-verify", "2", "-verify_return_error")
	}
	if s.sni != "" {
		args = append(args, "-servername", s.sni, "-servername_fatal", "-cert2", s.identity.cert, "-key2", s.identity.key)
	}
	if s.early != "" {
		args = append(args, "-early_data", "-max_early_data", "16384")
	}
	r := opensslStart(t, &s, args)
	r.addr = fmt.Sprintf("127.0.0.1:%d", port)
	return r
}

func opensslConnect(t *testing.T, s setup, addr string) *running {
	args := append([]string{
		"s_client", "-connect", addr, "-CAfile", s.ca, "-servername", serverName,
		"-verify_hostname", serverName, "-verify_return_error",
	}, opensslFlags(&s)...)
	session := keys(t).file(strings.ReplaceAll(addr, ":", "-") + ".session")
	r := opensslStart(t, &s, append(args, "-sess_out", session))
	r.again = func() *running {
		args := append(args, "-sess_in", session)
		if s.early != "" {
			args = append(args, "-early_data", s.early)
		}
		return opensslStart(t, &s, args)
	}
	return r
}

func opensslStart(t *testing.T, s *setup, args []string) *running {
	p := start(t, nil, "openssl", args...)
	if !s.verbose && s.label == "" {
		p.echo()
	}
	return &running{process: p, exported: saidKeyingMaterial(p), quit: func() { p.say("Q\n") }}
}

var (
	keyingMaterial = regexp.MustCompile(fmt.Sprintf(`(?i)key(?:ing)? material:\s*((?:[0-9a-f]{2}[:\s]*){%d})`, exportSize))
	notHex         = regexp.MustCompile(`[:\s]`)
)

// saidKeyingMaterial reads what a program says of keying material.
func saidKeyingMaterial(p *process) func(t *testing.T) []byte {
	return func(t *testing.T) []byte {
		p.hearMatch(keyingMaterial)
		found := keyingMaterial.FindStringSubmatch(p.all())
		require.NotNil(t, found)
		out, err := hex.DecodeString(notHex.ReplaceAllString(found[1], ""))
		require.NoError(t, err)
		return out
	}
}
