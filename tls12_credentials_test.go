package tlsengine_test

import (
	"crypto/elliptic"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/signature"
)

// algorithms are the algorithms of some schemes.
func algorithms(list ...signature.Scheme) (out []*signature.Algorithm) {
	for _, s := range list {
		out = append(out, signature.Lookup(s))
	}
	return out
}

// An application may answer with a credential that the peer does not take.
func TestTLS12CredentialsThatThePeerDoesNotTake(t *testing.T) {
	ecdsa := ecCredential(elliptic.P256())
	picky := *ecdsa
	picky.Schemes = []signature.Scheme{signature.ECDSASecp384r1SHA384}
	for name, c := range map[string]struct {
		config func(client, server *tlsengine.Config)
		server bool // it is the server's answer
		answer *tlsengine.Credential
		want   alert.Reason
	}{
		"a client's, of a kind that the server does not want: ECDSA": {
			config: func(_, server *tlsengine.Config) { server.Signatures = algorithms(signature.RSAPSSRsaeSHA256) },
			answer: ecdsa, want: alert.UnsupportedCertificateType12},
		"a client's, of a kind that the server does not want: RSA": {
			config: func(_, server *tlsengine.Config) { server.Signatures = algorithms(signature.ECDSASecp256r1SHA256) },
			answer: rsaCredential(), want: alert.UnsupportedCertificateType12},
		"a client's, that signs otherwise": {
			config: func(_, server *tlsengine.Config) { server.Signatures = algorithms(signature.ECDSASecp256r1SHA256) },
			answer: &picky, want: alert.NoSignatureScheme},
		"a server's, on a curve that the client has not": {
			config: func(client, _ *tlsengine.Config) {
				client.Groups = []*group.Group{group.Lookup(group.X25519), group.Lookup(group.P256)}
			},
			server: true, answer: ecCredential(elliptic.P384()), want: alert.NoSharedGroup},
		"a server's, for which the client has no suite": {
			config: func(client, _ *tlsengine.Config) {
				client.Suites = []*cipher.Suite{cipher.Lookup(cipher.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)}
			},
			server: true, answer: rsaCredential(), want: alert.NoSharedCipher},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := client12(), server12()
			server.ClientAuth = tlsengine.RequestClientCert
			c.config(client, server)
			asked := client
			if c.server {
				asked = server
			}
			asked.Ask |= tlsengine.AskCredential
			p := newPair(t, client, server)
			refuses, hears := p.client, p.server
			if c.server {
				refuses, hears = p.server, p.client
			}
			refuses.answer = func(e *tlsengine.Engine, q tlsengine.Request) {
				require.False(t, q.(*tlsengine.CredentialRequest).Accepts(c.answer))
				refuses.err = e.UseCredential(c.answer, nil)
			}
			p.run()
			require.Equal(t, c.want, refuses.refusal(t).Reason)
			require.Equal(t, c.want.Alert(), hears.heard(t))
		})
	}
}

func TestTLS12ResumptionUnderAnotherProtocol(t *testing.T) {
	client, server := client12(), server12()
	client.Session = meet(t, client, server).session()
	client.ALPN, server.ALPN = []string{"h2"}, []string{"http/1.1"}
	p := newPair(t, client, server)
	p.run()
	require.Equal(t, alert.NoApplicationProtocolShared, p.server.refusal(t).Reason)
	require.Equal(t, alert.NoApplicationProtocol, p.client.heard(t))
}

// longChain is the client's credential with n bytes more that are no
// certificate, which nobody looks at whose application gives the verdict.
func longChain(certificates, n int) []*tlsengine.Credential {
	cred := *testpeer.ClientIdentity().Credential()
	cred.Chain = slices.Clone(cred.Chain)
	for range certificates {
		cred.Chain = append(cred.Chain, make([]byte, n))
	}
	return []*tlsengine.Credential{&cred}
}

func TestTLS12ChainsThatAreTooLong(t *testing.T) {
	client, server := client12(), server12()
	client.Credentials, server.ClientAuth = longChain(handshake.MaxChainLength, 10), tlsengine.RequireClientCert
	p := newPair(t, client, server)
	p.run()
	require.Equal(t, alert.CertificateChainTooLong, p.server.refusal(t).Reason)

	client, server = client12(), server12()
	long := *testpeer.ServerIdentity().Credential()
	long.Chain = append(slices.Clone(long.Chain), longChain(handshake.MaxChainLength, 10)[0].Chain...)
	server.Credentials = []*tlsengine.Credential{&long}
	p = newPair(t, client, server)
	p.run()
	require.Equal(t, alert.CertificateChainTooLong, p.client.refusal(t).Reason)
}

// A client that takes no tickets offers none, also those that it has.
func TestTLS12AClientWithoutTicketsOffersNone(t *testing.T) {
	client, server := client12(), server12()
	client.Session = meet(t, client, server).session()
	client.Tickets = -1
	require.False(t, meet(t, client, server).client.ConnectionState().Resumed)
}

// What does not fit into a ticket cannot be resumed, and nothing else is wrong.
func TestAClientsChainTooLongForATicket(t *testing.T) {
	for name, configs := range map[string]func() (client, server *tlsengine.Config){
		"TLS 1.2": func() (client, server *tlsengine.Config) { return client12(), server12() },
		"TLS 1.3": func() (client, server *tlsengine.Config) { return testpeer.ClientConfig(), testpeer.ServerConfig() },
	} {
		t.Run(name, func(t *testing.T) {
			client, server := configs()
			client.Credentials, server.ClientAuth = longChain(1, 70_000), tlsengine.RequireClientCert
			server.Ask = tlsengine.AskVerdict
			p := newPair(t, client, server)
			p.server.answer = func(e *tlsengine.Engine, _ tlsengine.Request) { require.NoError(t, e.Verified(nil)) }
			p.run()
			require.NoError(t, p.client.err)
			require.NoError(t, p.server.err)
			require.Empty(t, p.client.sessions)
			p.exchange([]byte("data"))
		})
	}
}

func TestAMainSecretWithoutEMSIsTold(t *testing.T) {
	client, server := withoutEMS(t, client12()), server12()
	r := told(client, server)
	for _, side := range r {
		side.start()
	}
	p := newPair(t, client, server)
	p.run()
	require.NoError(t, p.client.err)
	require.False(t, p.client.ConnectionState().EMS)
	for _, side := range r {
		checkTold(t, side.Connection())
	}
}
