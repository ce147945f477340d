package trace_test

import (
	"encoding/hex"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/trace"
)

// values are all that a command may compute, in hex.
func values(c *trace.Connection) map[string]bool {
	all := map[string]bool{}
	add := func(b []byte) { all[hex.EncodeToString(b)] = true }
	for _, s := range c.Secrets {
		add(s.Out)
	}
	for _, k := range c.KeyExchanges {
		add(k.Shared)
	}
	for i := range c.Records {
		if in := c.Records[i].Inner; in != nil {
			add(c.Slice(in.Span))
		}
	}
	for i := range c.Messages {
		m := &c.Messages[i]
		if m.Transcript != nil {
			add(m.Transcript.After)
		}
		if m.Name == "Finished" {
			add(c.Bytes(m)[4:])
		}
	}
	return all
}

var valueAtTheEnd = regexp.MustCompile(`[ =]([0-9a-f]{32,})$`)

// commands runs every line for a shell in a text, and requires it to give a
// value of the trace, and that of the line above if there is one. It returns
// how many there were of each program.
func commands(t *testing.T, c *trace.Connection, ran map[string]int) {
	for _, program := range []string{"bash", "openssl", "xxd"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(program, "is not installed")
			}
			t.Skip(program, "is not installed")
		}
	}
	var text strings.Builder
	require.NoError(t, trace.Text(&text, &trace.Trace{Connections: []*trace.Connection{c}}, trace.TextOptions{Commands: true, Hex: trace.FullHex}))
	known := values(c)
	above := ""
	for line := range strings.Lines(text.String()) {
		line = strings.TrimRight(line, "\n")
		command, ok := strings.CutPrefix(line, "    $ ")
		if !ok {
			above = line
			continue
		}
		if strings.HasPrefix(command, "tlsprobe explain hex ") {
			ran["tlsprobe explain"]++
			continue
		}
		out, err := exec.Command("bash", "-c", command).Output() //nolint:gosec // our own words
		require.NoError(t, err, command)
		got := strings.ToLower(strings.NewReplacer(":", "", "\n", "").Replace(string(out)))
		require.True(t, known[got], "%s\n%s: %s", above, command, got)
		if want := valueAtTheEnd.FindStringSubmatch(above); want != nil {
			require.Equal(t, want[1], got, command)
		}
		ran[regexp.MustCompile(`openssl \w+|cut`).FindString(command)]++
	}
}

// TestCommandsComputeWhatTheTraceSays: each line for a shell gives the value
// it stands at, with every group and cipher that OpenSSL has.
func TestCommandsComputeWhatTheTraceSays(t *testing.T) {
	cred, roots := credential(t)
	server := &tlsengine.Config{Credentials: []*tlsengine.Credential{cred}, Tickets: 1}
	ran := map[string]int{}
	for _, c := range []struct {
		max   tlsengine.Version
		group *group.Group
		suite cipher.ID
	}{
		{tlsengine.VersionTLS13, group.Lookup(group.X25519), cipher.TLS_AES_256_GCM_SHA384},
		{tlsengine.VersionTLS13, group.Lookup(group.X448), cipher.TLS_CHACHA20_POLY1305_SHA256},
		{tlsengine.VersionTLS13, group.Lookup(group.X25519MLKEM768), cipher.TLS_AES_128_GCM_SHA256},
		{tlsengine.VersionTLS13, group.Lookup(group.P256), cipher.TLS_AES_128_GCM_SHA256},
		{tlsengine.VersionTLS12, group.Lookup(group.P256), cipher.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384},
		{tlsengine.VersionTLS12, group.Lookup(group.P521), cipher.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256},
	} {
		client := &tlsengine.Config{ServerName: "lab.example", Roots: roots, MaxVersion: c.max, Groups: []*group.Group{c.group, group.Lookup(group.P256)}, Suites: []*cipher.Suite{cipher.Lookup(c.suite)}}
		s := *server
		s.Groups = client.Groups
		if c.group.ID == group.P256 {
			client.Groups[0] = group.Lookup(group.X25519) // so that the server asks for another share
			s.Groups = client.Groups[1:]
		}
		e := connect(t, client, &s, "")
		out, err := e.client.Send(nil, []byte("PING"))
		require.NoError(t, err)
		e.toServer(out)
		commands(t, e.told[0].Connection(), ran)
	}
	for program, least := range map[string]int{"openssl pkeyutl": 4, "openssl kdf": 40, "openssl enc": 12, "openssl mac": 6, "openssl dgst": 15, "cut": 8, "tlsprobe explain": 30} {
		require.GreaterOrEqual(t, ran[program], least, program)
	}
}
