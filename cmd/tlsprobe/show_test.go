package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/trace"
)

// TestBytesAreCutShortOnATerminalOnly: a file or another program gets all of
// them, unless the flag says otherwise.
func TestBytesAreCutShortOnATerminalOnly(t *testing.T) {
	terminal, err := os.Open(os.DevNull) // a character device too
	require.NoError(t, err)
	defer terminal.Close() //nolint:errcheck // nothing was written
	none := func(string) string { return "" }
	for _, c := range []struct {
		p    *probe
		hex  string
		want trace.HexForm
	}{
		{&probe{stdout: terminal, getenv: none}, "", trace.ShortHex},
		{&probe{stdout: terminal, getenv: none, output: "show.txt"}, "", trace.FullHex},
		{&probe{stdout: &bytes.Buffer{}, getenv: none}, "", trace.FullHex},
		{&probe{stdout: &bytes.Buffer{}, getenv: none}, "short", trace.ShortHex},
		{&probe{stdout: terminal, getenv: none}, "full", trace.FullHex},
		{&probe{stdout: terminal, getenv: none}, "none", trace.NoHex},
	} {
		o, err := (&view{hex: c.hex}).options(c.p)
		require.NoError(t, err)
		require.Equal(t, c.want, o.Hex, "%q to %q", c.hex, c.p.output)
	}
}
