package tlsengine_test

import (
	"crypto/elliptic"
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

// runResigned lets a client meet a server that says another ServerKeyExchange,
// signed by its key all the same.
func runResigned(t *testing.T, client, server *tlsengine.Config, change func(*handshake.ServerKeyExchange)) *pair {
	t.Helper()
	var randoms []byte
	own := *server
	own.Rewrite = func(typ handshake.MessageType, msg []byte) []byte {
		switch typ {
		case handshake.MsgServerHello:
			randoms = append(randoms, msg[6:38]...)
		case handshake.MsgServerKeyExchange:
			m, err := handshake.ParseServerKeyExchange(msg[4:])
			require.NoError(t, err)
			change(&m)
			if len(m.Signature) > 0 {
				m.Signature, err = signature.Sign(testpeer.Rand("signature"), m.Algorithm, own.Credentials[0].Signer, m.Params.Append(randoms))
				require.NoError(t, err)
			}
			return m.Append(nil)
		}
		return msg
	}
	p := newPair(t, client, &own)
	p.server.rewrite = editClientHello(t, func(m *handshake.ClientHello) { randoms = append(randoms, m.Random[:]...) })
	p.run()
	return p
}

// points that are none, by what is wrong with them.
func badPoints(t *testing.T, id group.ID) map[string][]byte {
	good, err := group.Lookup(id).Generate(testpeer.Rand("point"))
	require.NoError(t, err)
	share := good.Share()
	bad := map[string][]byte{
		"short": share[1:], "long": append([]byte{4}, share...), "zero": make([]byte, len(share)), "one byte": {0},
	}
	if id != group.X25519 && id != group.X448 {
		off := append([]byte(nil), share...)
		off[len(off)-1] ^= 1
		bad["compressed"], bad["off the curve"] = append([]byte{2}, share[1:1+len(share)/2]...), off
	}
	return bad
}

func TestTLS12PointsThatAreNoneAreRefused(t *testing.T) {
	for _, g := range groups12() {
		for name, point := range badPoints(t, g.ID) {
			client, server := client12(), server12()
			client.Groups, server.Groups = groups12(), []*group.Group{g}
			p := newPair(t, client, server)
			p.server.rewrite = editing(t, handshake.MsgClientKeyExchange, func([]byte) []byte {
				return (&handshake.ClientKeyExchange{ECDHYc: point}).Append(nil)
			})
			p.run()
			require.Equal(t, alert.BadECPoint, p.server.refusal(t).Reason, "%v: %s", g.ID, name)
			require.Equal(t, alert.IllegalParameter, p.client.heard(t))

			p = runResigned(t, client, server, func(m *handshake.ServerKeyExchange) { m.Params.Public = point })
			require.Equal(t, alert.BadECPoint, p.client.refusal(t).Reason, "%v: %s", g.ID, name)
			require.Equal(t, alert.IllegalParameter, p.server.heard(t))
		}
	}
}

func TestTLS12ServerKeyExchangeIsHeldToTheOffer(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*handshake.ServerKeyExchange)
		want   alert.Reason
	}{
		"nothing changed":         {func(*handshake.ServerKeyExchange) {}, 0},
		"a group not offered":     {func(m *handshake.ServerKeyExchange) { m.Params.NamedCurve = group.X448 }, alert.WrongGroup},
		"a group of TLS 1.3":      {func(m *handshake.ServerKeyExchange) { m.Params.NamedCurve = group.X25519MLKEM768 }, alert.WrongGroup},
		"a scheme not offered":    {func(m *handshake.ServerKeyExchange) { m.Algorithm = signature.ECDSASecp384r1SHA384 }, alert.WrongSignatureScheme},
		"a scheme of another key": {func(m *handshake.ServerKeyExchange) { m.Algorithm, m.Signature = signature.RSAPKCS1SHA256, nil }, alert.WrongSignatureScheme},
		"SHA-1":                   {func(m *handshake.ServerKeyExchange) { m.Algorithm, m.Signature = signature.ECDSASHA1, nil }, alert.WrongSignatureScheme},
		"no signature":            {func(m *handshake.ServerKeyExchange) { m.Signature = nil }, alert.BadSignature},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := client12(), server12()
			client.Groups = group.Default()
			for _, s := range signature.Default() {
				if s.Scheme != signature.ECDSASecp384r1SHA384 {
					client.Signatures = append(client.Signatures, s)
				}
			}
			p := runResigned(t, client, server, c.change)
			if c.want == 0 {
				require.NoError(t, p.client.err)
				return
			}
			require.Equal(t, c.want, p.client.refusal(t).Reason)
			require.Equal(t, c.want.Alert(), p.server.heard(t))
		})
	}
}

func TestTLS12CurvesMustBeNamed(t *testing.T) {
	p := newPair(t, client12(), server12())
	p.client.rewrite = editing(t, handshake.MsgServerKeyExchange, func(body []byte) []byte {
		body[0] = 1 // explicit_prime
		return append([]byte{byte(handshake.MsgServerKeyExchange), 0, byte(len(body) >> 8), byte(len(body))}, body...)
	})
	p.run()
	require.Equal(t, alert.UnsupportedCurveType, p.client.refusal(t).Reason)
}

// The suite says which kind of key the server has.
func TestTLS12KeysHaveToFitTheSuite(t *testing.T) {
	for _, c := range []struct {
		cred  *tlsengine.Credential
		suite cipher.ID
	}{
		{rsaCredential(), cipher.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
		{testpeer.ServerIdentity().Credential(), cipher.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256},
		{testpeer.EdIdentity(testpeer.Name).Credential(), cipher.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256},
	} {
		client, server := client12(), server12()
		server.Credentials = []*tlsengine.Credential{c.cred}
		p := newPair(t, client, server)
		p.client.rewrite = editServerHello(t, func(m *handshake.ServerHello) { m.CipherSuite = c.suite })
		p.run()
		require.Equal(t, alert.WrongCertificateType, p.client.refusal(t).Reason)
		require.Equal(t, alert.HandshakeFailure, p.server.heard(t))

		server.Suites = []*cipher.Suite{cipher.Lookup(c.suite)}
		p = newPair(t, client, server)
		p.run()
		require.Equal(t, alert.NoCredential, p.server.refusal(t).Reason, "and the server knows")
	}
}

// "the public key in the server's certificate MUST respect the client's choice
// of elliptic curves." RFC 8422, Section 5.3.
func TestTLS12CertificatesRespectTheCurves(t *testing.T) {
	client, server := client12(), server12()
	client.Groups = []*group.Group{group.Lookup(group.P384)}
	server.Credentials = []*tlsengine.Credential{ecCredential(elliptic.P256()), ecCredential(elliptic.P384())}
	p := meet(t, client, server)
	require.Equal(t, server.Credentials[1].Chain, p.client.ConnectionState().PeerChain)

	server.Credentials = server.Credentials[:1]
	p = newPair(t, client, server)
	p.run()
	require.Equal(t, alert.NoCredential, p.server.refusal(t).Reason)

	// A server that does not care.
	p = newPair(t, client, server)
	p.server.rewrite = editClientHello(t, func(m *handshake.ClientHello) {
		m.Extensions = handshake.AppendSupportedGroups(m.Extensions.Without(handshake.ExtSupportedGroups), handshake.List16Of(group.P384, group.P256))
	})
	p.run()
	require.Equal(t, alert.BadCertificateCurve, p.client.refusal(t).Reason)

	// In TLS 1.3 groups are for the key exchange alone.
	client.MinVersion, client.MaxVersion, server.MinVersion, server.MaxVersion = 0, 0, 0, 0
	meet(t, client, server)
}

// "The end-entity certificate provided by the client MUST contain a key that is
// compatible with certificate_types." RFC 5246, Section 7.4.4.
func TestTLS12ClientsHeedCertificateTypes(t *testing.T) {
	for _, c := range []struct {
		server signature.Scheme
		types  []byte
		want   int // which credential
	}{
		{signature.ECDSASecp256r1SHA256, []byte{64}, 1},
		{signature.RSAPSSRsaeSHA256, []byte{1}, 0},
		{signature.Ed25519, []byte{64}, -1},
	} {
		client, server := client12(), server12()
		client.Credentials = []*tlsengine.Credential{rsaCredential(), testpeer.ClientIdentity().Credential()}
		server.ClientAuth = tlsengine.RequestClientCert
		server.Signatures = []*signature.Algorithm{signature.Lookup(c.server)}
		p := newPair(t, client, server)
		p.client.rewrite = editing(t, handshake.MsgCertificateRequest, func(body []byte) []byte {
			m, err := handshake.ParseCertificateRequest12(body)
			require.NoError(t, err)
			require.Equal(t, c.types, []byte(m.CertificateTypes))
			return m.Append(nil)
		})
		p.run()
		require.NoError(t, p.client.err)
		require.NoError(t, p.server.err)
		chain := p.server.ConnectionState().PeerChain
		if c.want < 0 {
			require.Nil(t, chain)
			continue
		}
		require.Equal(t, client.Credentials[c.want].Chain, chain)
		require.Equal(t, c.server, p.server.ConnectionState().PeerScheme)
		require.Equal(t, c.server, p.client.ConnectionState().OwnScheme)
	}
}

// A request for RSA alone, whatever the schemes say.
func TestTLS12CertificateTypesNarrowTheSchemes(t *testing.T) {
	client, server := client12(), server12()
	client.Credentials = []*tlsengine.Credential{testpeer.ClientIdentity().Credential()}
	server.ClientAuth = tlsengine.RequestClientCert
	server.Rewrite = func(typ handshake.MessageType, msg []byte) []byte {
		if typ != handshake.MsgCertificateRequest {
			return msg
		}
		m, err := handshake.ParseCertificateRequest12(msg[4:])
		require.NoError(t, err)
		m.CertificateTypes = handshake.List8Of(handshake.RSASign, 5, 6)
		return m.Append(nil)
	}
	p := meet(t, client, server)
	require.Nil(t, p.server.ConnectionState().PeerChain)
}

func TestTLS12ClientCertificates(t *testing.T) {
	for _, signer := range signers12() {
		client, server := client12(), server12()
		client.Credentials = []*tlsengine.Credential{signer.cred}
		server.ClientAuth = tlsengine.RequireClientCert
		p := meet(t, client, server)
		require.Equal(t, signer.cred.Chain, p.server.ConnectionState().PeerChain)
		require.Equal(t, signer.scheme, p.server.ConnectionState().PeerScheme)
		p.exchange(payload)
	}
}

func TestTLS12ClientCertificateIsRequired(t *testing.T) {
	client, server := client12(), server12()
	server.ClientAuth = tlsengine.RequireClientCert
	p := newPair(t, client, server)
	p.run()
	require.Equal(t, alert.CertificateMissing12, p.server.refusal(t).Reason)
	require.Equal(t, alert.HandshakeFailure, p.client.heard(t))
	server.ClientAuth = tlsengine.RequestClientCert
	require.Nil(t, meet(t, client, server).server.ConnectionState().PeerChain)
}

func TestTLS12CertificateVerifyIsChecked(t *testing.T) {
	client, server := client12(), server12()
	client.Credentials = []*tlsengine.Credential{testpeer.ClientIdentity().Credential()}
	server.ClientAuth = tlsengine.RequireClientCert
	for name, c := range map[string]struct {
		change func(*handshake.CertificateVerify)
		want   alert.Reason
	}{
		"another signature": {func(m *handshake.CertificateVerify) { m.Signature[8] ^= 1 }, alert.BadSignature},
		"another scheme":    {func(m *handshake.CertificateVerify) { m.Algorithm = signature.ECDSASecp384r1SHA384 }, alert.BadSignature},
		"of another key":    {func(m *handshake.CertificateVerify) { m.Algorithm = signature.Ed25519 }, alert.WrongSignatureScheme},
		"not offered":       {func(m *handshake.CertificateVerify) { m.Algorithm = signature.ECDSASHA1 }, alert.WrongSignatureScheme},
	} {
		p := newPair(t, client, server)
		p.server.rewrite = editing(t, handshake.MsgCertificateVerify, func(body []byte) []byte {
			m, err := handshake.ParseCertificateVerify(body)
			require.NoError(t, err)
			c.change(&m)
			return m.Append(nil)
		})
		p.run()
		require.Equal(t, c.want, p.server.refusal(t).Reason, name)
	}
}

func TestTLS12ServerSendsNoCertificate(t *testing.T) {
	p := newPair(t, client12(), server12())
	p.client.rewrite = editing(t, handshake.MsgCertificate, func([]byte) []byte {
		return (&handshake.Certificate12{}).Append(nil)
	})
	p.run()
	require.Equal(t, alert.NoCertificate, p.client.refusal(t).Reason)
	require.Equal(t, alert.DecodeError, p.server.heard(t))
}

func TestTLS12FinishedIsChecked(t *testing.T) {
	// With the extended main secret the keys would be others, too.
	client := withoutEMS(t, client12())
	client.RequestStatus = true
	p := newPair(t, client, server12())
	p.server.rewrite = editClientHello(t, func(m *handshake.ClientHello) {
		m.Extensions = m.Extensions.Without(handshake.ExtStatusRequest)
	})
	p.run()
	require.Equal(t, alert.BadFinished, p.server.refusal(t).Reason)
	require.Equal(t, alert.DecryptError, p.client.heard(t))

	p = newPair(t, client12(), server12())
	p.client.rewrite = editing(t, handshake.MsgNewSessionTicket, func(body []byte) []byte {
		m, err := handshake.ParseNewSessionTicket12(body)
		require.NoError(t, err)
		m.TicketLifetimeHint++
		return m.Append(nil)
	})
	p.run()
	require.Equal(t, alert.BadFinished, p.client.refusal(t).Reason)
	require.Empty(t, p.client.sessions, "a ticket is not valid before Finished is")
}
