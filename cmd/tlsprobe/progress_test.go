package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestProgressIsOneLineThatGoesAway(t *testing.T) {
	fx := newFixtures(t)
	slow, fast := fx.expand("{silent}"), fx.expand("{engine}")
	for _, c := range []struct {
		args  []string
		tty   bool
		shown bool
	}{
		{[]string{"connect", slow, "--timeout", "600ms"}, true, true},
		{[]string{"connect", slow, "--timeout", "600ms"}, false, false},
		{[]string{"connect", slow, "--timeout", "600ms", "-q"}, true, false},
		{[]string{"connect", fast, "--no-verify"}, true, false},
	} {
		var stdout, stderr lockedBuffer
		p := fx.probe(strings.NewReader(""), &stdout, &stderr)
		p.getenv, p.tty = func(string) string { return "" }, c.tty
		p.main(c.args)
		time.Sleep(10 * time.Millisecond)
		said := stderr.String()
		require.Equal(t, c.shown, strings.Contains(said, "\r"+slow+"  waiting for the server's TLS …\x1b[K"), "%v: %q", c.args, said)
		if c.shown {
			_, after, _ := strings.Cut(said, "\r\x1b[K")
			require.True(t, strings.HasPrefix(after, "tlsprobe: "+slow), "the line is gone before anything else is said: %q", said)
		} else {
			require.NotContains(t, said, "\r")
		}
		require.NotContains(t, stdout.String(), "\r")
	}
}
