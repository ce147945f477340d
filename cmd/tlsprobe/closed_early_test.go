package main

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

// closeNotify is what InspIRCd, with GnuTLS, answers to a ClientHello that it
// can do nothing with.
const closeNotify = "\x15\x03\x03\x00\x02\x01\x00"

// A peer that says close_notify in the handshake, and stays, is not waited for.
func TestCloseNotifyInTheHandshakeIsTheEnd(t *testing.T) {
	fx := newFixtures(t)
	server := fx.says(closeNotify, true)
	for _, command := range []string{"connect", "cert", "show"} {
		row{command + " " + server + " --timeout 5s", 4, "the peer said close_notify after the ClientHello"}.run(t, fx)
	}
	row{"connect " + server + " --timeout 5s --why", 4, "close_notify"}.run(t, fx)
	row{"connect localhost:1 --timeout 5s --proxy https://" + server, 3, "said close_notify before the handshake was done"}.run(t, fx)

	s := startServe(t, "--once")
	c, err := net.Dial("tcp", s.about.Address)
	require.NoError(t, err)
	defer c.Close() //nolint:errcheck // the server has
	_, err = c.Write([]byte(closeNotify))
	require.NoError(t, err)
	require.Equal(t, 4, <-s.exit)
	require.Contains(t, s.stderr.String(), "close_notify")
}
