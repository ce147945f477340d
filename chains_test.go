package tlsengine_test

import (
	"crypto/x509"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// countedRoots are the roots of these tests, and how often they were asked.
func countedRoots(t *testing.T) (pool *x509.CertPool, asked *int) {
	pool, asked = x509.NewCertPool(), new(int)
	root, err := x509.ParseCertificate(testpeer.RootCertificate())
	require.NoError(t, err)
	pool.AddCertWithConstraint(root, func([]*x509.Certificate) error { *asked++; return nil })
	return pool, asked
}

// Both sides verify each other's chain once, and their sessions' with it.
func TestAMemoryOfChainsSparesVerification(t *testing.T) {
	for _, v := range []tlsengine.Version{tlsengine.VersionTLS12, tlsengine.VersionTLS13} {
		for _, chains := range []*tlsengine.ChainMemory{nil, tlsengine.NewChainMemory(2)} {
			t.Run(fmt.Sprint(v, chains != nil), func(t *testing.T) {
				client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
				roots, asked := countedRoots(t)
				client.Roots, client.Chains, client.MaxVersion = roots, chains, v
				server.Roots, server.Chains, server.ClientAuth = roots, chains, tlsengine.RequireClientCert
				server.Tickets = 1
				client.Credentials = []*tlsengine.Credential{testpeer.ClientIdentity().Credential()}

				first := meet(t, client, server)
				require.Equal(t, 2, *asked)
				require.Equal(t, testpeer.ServerIdentity().Chain, first.client.ConnectionState().PeerChain)
				second := meet(t, client, server)
				require.Equal(t, testpeer.ServerIdentity().Chain, second.client.ConnectionState().PeerChain)
				require.Equal(t, testpeer.ClientIdentity().Chain, second.server.ConnectionState().PeerChain)
				again := *client
				again.Session = first.session()
				third := meet(t, &again, server)
				require.True(t, third.client.ConnectionState().Resumed)
				require.Equal(t, testpeer.ServerIdentity().Chain, third.client.ConnectionState().PeerChain)
				if chains == nil {
					require.Equal(t, 6, *asked)
				} else {
					require.Equal(t, 2, *asked)
				}
			})
		}
	}
}

// A chain that is known proves nothing: who shows it has to have its key.
func TestAKnownChainWithoutItsKeyIsRefused(t *testing.T) {
	for _, v := range []tlsengine.Version{tlsengine.VersionTLS12, tlsengine.VersionTLS13} {
		client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
		client.Chains, client.MaxVersion = tlsengine.NewChainMemory(2), v
		meet(t, client, server)
		thief := *server.Credentials[0]
		thief.Signer = testpeer.ClientIdentity().Key
		server.Credentials = []*tlsengine.Credential{&thief}
		p := newPair(t, client, server)
		p.run()
		require.Equal(t, alert.BadSignature, p.client.refusal(t).Reason)
	}
}

// A question to the application is asked whatever is remembered.
func TestAnApplicationIsAskedAboutAKnownChain(t *testing.T) {
	client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
	client.Chains = tlsengine.NewChainMemory(2)
	meet(t, client, server)
	asks := *client
	asks.Ask = tlsengine.AskVerdict
	p := newPair(t, &asks, server)
	asked := 0
	p.client.answer = func(e *tlsengine.Engine, r tlsengine.Request) {
		asked++
		require.Equal(t, testpeer.ServerIdentity().Chain, r.(*tlsengine.VerdictRequest).Chain)
		require.NoError(t, e.Verified(nil))
	}
	p.run()
	require.Equal(t, 1, asked)
	require.True(t, p.client.ConnectionState().HandshakeDone)
}
