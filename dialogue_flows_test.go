package tlsengine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// The legal flows of RFC 9846, Section 2, both roles.

func TestClientFullHandshake(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Server(t, drive, testpeer.ClientConfig())
		p.Want("the client opens the handshake", &handshake.ClientHello{})
		p.WantSilence("the client waits for the server")
		p.Send(p.Flight()...)
		p.Want("the client finishes", &handshake.Finished{})
		p.WantDone("the handshake is complete")
		p.Write("question")
		p.WantData("the client sends data", "question")
		p.Send(p.Data("answer"))
		p.WantReceived("the client receives data", "answer")
	})
}

func TestServerFullHandshake(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Client(t, drive, testpeer.ServerConfig())
		p.WantSilence("the server waits for the client")
		p.Send(p.ClientHello())
		p.WantFlight("the server's flight", handshake.MsgServerHello, handshake.MsgEncryptedExtensions,
			handshake.MsgCertificate, handshake.MsgCertificateVerify, handshake.MsgFinished)
		p.WantNoEvent("the server waits for the client's Finished")
		p.Send(p.Finished())
		p.WantDone("the handshake is complete")
		p.WantFlight("the server sends tickets", handshake.MsgNewSessionTicket, handshake.MsgNewSessionTicket)
		p.Send(p.Data("question"))
		p.WantReceived("the server receives data", "question")
		p.Write("answer")
		p.WantData("the server sends data", "answer")
	})
}

func TestClientRetries(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Server(t, drive, testpeer.ClientConfig())
		var first, second handshake.ClientHello
		p.Want("the client opens the handshake", &first)
		p.Send(p.HelloRetryRequest())
		p.Want("the client tries again", &second)
		require.Equal(t, first.Random, second.Random)
		p.Send(p.Flight()...)
		p.Want("the client finishes", &handshake.Finished{})
		p.WantDone("the handshake is complete")
		require.True(t, p.Engine.ConnectionState().Retried)
	})
}

func TestServerRetries(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Client(t, drive, testpeer.ServerConfig())
		p.Send(p.ClientHello(noShares))
		p.Want("the server asks for a share", &testpeer.HelloRetryRequest{})
		p.WantSilence("the server waits for the second ClientHello")
		p.Send(p.ClientHello())
		p.Want("the server goes on", &handshake.ServerHello{})
		p.Send(p.Finished())
		p.WantDone("the handshake is complete")
	})
}

// noShares makes a ClientHello leave the choice of the group to the server.
func noShares(m *handshake.ClientHello) {
	m.Extensions = handshake.AppendKeyShareCH(m.Extensions.Without(handshake.ExtKeyShare))
}

func TestClientAuthenticates(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ClientConfig()
		cfg.Credentials = []*tlsengine.Credential{testpeer.ClientIdentity().Credential()}
		p := testpeer.Server(t, drive, cfg)
		p.Want("the client opens the handshake", &handshake.ClientHello{})
		p.Send(p.Flight(p.CertificateRequest())...)
		p.WantFlight("the client proves who it is", handshake.MsgCertificate, handshake.MsgCertificateVerify, handshake.MsgFinished)
		require.Equal(t, testpeer.ClientIdentity().Chain, p.Chain)
		p.WantDone("the handshake is complete")
	})
}

func TestServerAuthenticatesTheClient(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		cfg.ClientAuth = tlsengine.RequireClientCert
		p := testpeer.Client(t, drive, cfg)
		p.Send(p.ClientHello())
		p.WantFlight("the server asks for a certificate", handshake.MsgServerHello, handshake.MsgEncryptedExtensions,
			handshake.MsgCertificateRequest, handshake.MsgCertificate, handshake.MsgCertificateVerify, handshake.MsgFinished)
		p.Send(p.Certificate(), p.CertificateVerify(), p.Finished())
		p.WantDone("the handshake is complete")
		require.Equal(t, testpeer.ClientIdentity().Chain, p.Engine.ConnectionState().PeerChain)
	})
}
