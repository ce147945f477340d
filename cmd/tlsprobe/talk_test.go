package main

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// More than all buffers between two peers hold: who writes and does not read
// meanwhile never ends.
func TestMegabytesComeBackAsTheyWent(t *testing.T) {
	sent := make([]byte, 6<<20)
	rand.Read(sent) //nolint:errcheck // it never fails
	for _, way := range [][]string{{"--send", "-", "--max-reply", "16MiB", "--timeout", "1m"}, {"-i"}, {"-i", "--max-version", "1.2"}, {"-i", "--key-update"}} {
		t.Run(strings.Join(way, " "), func(t *testing.T) {
			t.Parallel()
			fx := newFixtures(t)
			var stdout, stderr bytes.Buffer
			p := fx.probe(bytes.NewReader(sent), &stdout, &stderr)
			p.getenv = func(string) string { return "" }
			args := append([]string{"connect", fx.expand("{echo}"), "--ca-file", fx.expand("{ca}"), "-q", "--linger", "3s"}, way...)
			require.Zero(t, p.main(args), "%s", &stderr)
			require.True(t, bytes.Equal(sent, stdout.Bytes()), "%d bytes came back", stdout.Len())
		})
	}
}

func TestAReplyMayBeCutShort(t *testing.T) {
	sent := make([]byte, 6<<20)
	fx := newFixtures(t)
	var stdout, stderr bytes.Buffer
	p := fx.probe(bytes.NewReader(sent), &stdout, &stderr)
	p.getenv = func(string) string { return "" }
	require.Zero(t, p.main([]string{"connect", fx.expand("{echo}"), "--ca-file", fx.expand("{ca}"), "-q", "--send", "-", "--max-reply", "100k"}), "%s", &stderr)
	require.Equal(t, 100<<10, stdout.Len())
}

func TestNoReplyIsAnEmptyOne(t *testing.T) {
	fx := newFixtures(t)
	rep, _ := fx.tries(nil, "connect", fx.expand("{private}"), "--ca-file", fx.expand("{ca}"), "--json", "--get", "/")
	require.Equal(t, "tls.alert", rep.Error.Code)
	require.NotNil(t, rep.Reply.Bytes, "which its schema wants")
}
