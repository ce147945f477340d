package main

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/registry"
)

// namesOf are the names in what a program says of itself: each with two bytes
// in hex.
func namesOf(t *testing.T, line string, name string, args ...string) (names [][]string) {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	require.NoError(t, err)
	return regexp.MustCompile(`(?m)`+line).FindAllStringSubmatch(string(out), -1)
}

// TestExplainKnowsTheNamesOfOthers asks OpenSSL and GnuTLS for all cipher suites
// that they have, and what they call them.
func TestExplainKnowsTheNamesOfOthers(t *testing.T) {
	openssl(t)
	names := namesOf(t, `^ *0x(..),0x(..) - (\S+)`, "openssl", "ciphers", "-V", "ALL:COMPLEMENTOFALL:@SECLEVEL=0")
	require.Greater(t, len(names), 100)
	installed(t, "gnutls-cli")
	for _, m := range namesOf(t, `^(TLS_\S+)\s+0x(..), 0x(..)`, "gnutls-cli", "--list") {
		names = append(names, []string{m[0], m[2], m[3], m[1]})
	}
	require.Greater(t, len(names), 200)
	for _, m := range names {
		e, ok := registry.CipherSuites.Find(m[3])
		require.True(t, ok, m[3])
		require.Equal(t, strings.ToLower("0x"+m[1]+m[2]), registry.CipherSuites.Hex(e.ID), m[3])
	}
	for prefix, table := range map[string]*registry.Table{"GROUP-": registry.Groups, "VERS-": registry.Versions, "SIGN-": registry.SignatureSchemes} {
		out, err := exec.Command("gnutls-cli", "--list").Output()
		require.NoError(t, err)
		known := 0
		for _, name := range regexp.MustCompile(prefix+`[A-Za-z0-9.-]+`).FindAllString(string(out), -1) {
			if _, ok := table.Find(name); ok {
				known++
			} else if prefix != "SIGN-" { // many of which TLS has no code point for
				require.Equal(t, "VERS-DTLS0.9", name)
			}
		}
		require.Greater(t, known, 4, prefix)
	}
}
