package tlsengine

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestQUICHandshakeHappensInTheOrderThatQUICNeeds(t *testing.T) {
	client, server := quicConfigs(t)
	p := newQUICPair(t, quicClient(t, client), quicServer(t, server)).run().done()
	require.Equal(t, []string{
		"Crypto initial",
		"WriteSecret handshake", "ReadSecret handshake",
		"PeerParameters",
		"Crypto handshake", "WriteSecret application",
		"HandshakeDone", "ReadSecret application",
	}, p.names(0))
	require.Equal(t, []string{
		"PeerParameters",
		"Crypto initial", "WriteSecret handshake", "ReadSecret handshake",
		"Crypto handshake", "WriteSecret application",
		"HandshakeDone", "ReadSecret application",
	}, p.names(1))
	require.Equal(t, "our server", string(p.events(0, QUICPeerParameters)[0].Data))
	require.Equal(t, "our client", string(p.events(1, QUICPeerParameters)[0].Data))
}

func TestQUICEarlyDataHappensInTheOrderThatQUICNeeds(t *testing.T) {
	client, server := quicConfigs(t)
	client.Session = quicSession(t, client, server, QUICTicket{})
	c, s := quicClient(t, client), quicServer(t, server)
	p := newQUICPair(t, c, s).run().done()
	require.Equal(t, []string{
		"Crypto initial", "WriteSecret early data",
		"WriteSecret handshake", "ReadSecret handshake",
		"PeerParameters", "EarlyAccepted",
		"Crypto handshake", "WriteSecret application",
		"HandshakeDone", "ReadSecret application",
	}, p.names(0))
	require.Equal(t, []string{
		"PeerParameters",
		"Crypto initial", "WriteSecret handshake",
		"Crypto handshake", "WriteSecret application",
		"ReadSecret early data", "ReadSecret handshake",
		"HandshakeDone", "ReadSecret application",
	}, p.names(1))
	require.True(t, c.m.Facts().EarlyAccepted())
	early, err := c.ExportEarly("x", nil, 8)
	require.NoError(t, err)
	again, err := s.ExportEarly("x", nil, 8)
	require.NoError(t, err)
	require.Equal(t, early, again)
}
