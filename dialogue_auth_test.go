package tlsengine_test

import (
	"bytes"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/signature"
)

// Certificate, CertificateVerify and Finished: RFC 9846, Section 4.5. What an
// engine refuses of a server it refuses of a client, so each case is played
// twice.

// authCase is an identity, or messages, that do not prove anything.
type authCase struct {
	name     string
	identity func() *testpeer.Identity
	cert     func(*handshake.Certificate)
	verify   func(*handshake.CertificateVerify)
	config   func(*tlsengine.Config)
	sentence string
	alert    alert.Alert
	reason   alert.Reason
	only     string // "server" or "client": the peer whose fault it can be
}

func named(change ...func(*x509.Certificate)) func() *testpeer.Identity {
	return func() *testpeer.Identity { return testpeer.ECIdentity(testpeer.Name, change...) }
}

func usage(u ...x509.ExtKeyUsage) func(*x509.Certificate) {
	return func(c *x509.Certificate) { c.ExtKeyUsage = u }
}

// bigRSA is a certificate for an RSA key of so many bits, whose other half
// nobody has.
func bigRSA(bits int) func() *testpeer.Identity {
	return func() *testpeer.Identity {
		n := new(big.Int).Lsh(big.NewInt(1), uint(bits)-1)
		n.Add(n, big.NewInt(1))
		der := testpeer.Issue(testpeer.Name, &rsa.PublicKey{N: n, E: 65537})
		return &testpeer.Identity{Chain: [][]byte{der}, Key: testpeer.EdKey("x"), Scheme: signature.Ed25519}
	}
}

// keyOf is a certificate for a key that nobody can sign with.
func keyOf(pub any) func() *testpeer.Identity {
	return func() *testpeer.Identity {
		return &testpeer.Identity{Chain: [][]byte{testpeer.Issue(testpeer.Name, pub)}, Key: testpeer.EdKey("x"), Scheme: signature.Ed25519}
	}
}

// issuedByALeaf is a chain whose leaf is issued by the client of these tests,
// who is none to issue.
func issuedByALeaf() *testpeer.Identity {
	id, issuer := testpeer.ECIdentity(testpeer.Name), testpeer.ClientIdentity()
	parent, err := x509.ParseCertificate(issuer.Chain[0])
	if err != nil {
		panic(err)
	}
	leaf, err := x509.ParseCertificate(id.Chain[0])
	if err != nil {
		panic(err)
	}
	leaf.SignatureAlgorithm, leaf.AuthorityKeyId = 0, nil
	der, err := x509.CreateCertificate(nil, leaf, parent, id.Key.Public(), testpeer.Steady(issuer.Key))
	if err != nil {
		panic(err)
	}
	return &testpeer.Identity{Chain: [][]byte{der, issuer.Chain[0]}, Key: id.Key, Scheme: id.Scheme}
}

func leaves(n int) func(*handshake.Certificate) {
	return func(m *handshake.Certificate) {
		for len(m.CertificateList) < n {
			m.CertificateList = append(m.CertificateList, m.CertificateList[0])
		}
	}
}

var refusedProofs = []authCase{
	// Certificate.
	{name: "no certificate of a server", cert: func(m *handshake.Certificate) { m.CertificateList = nil }, only: "server",
		sentence: "RFC 9846, Section 4.5.1.3: if the server supplies an empty Certificate message", alert: alert.DecodeError, reason: alert.NoCertificate},
	{name: "no certificate of a client", cert: func(m *handshake.Certificate) { m.CertificateList = nil }, only: "client",
		sentence: "RFC 9846, Section 4.5.1.3: abort the handshake with a certificate_required alert", alert: alert.CertificateRequired, reason: alert.CertificateMissing},
	{name: "a context", cert: func(m *handshake.Certificate) { m.CertificateRequestContext = []byte{1} },
		sentence: "RFC 9846, Section 4.5.1: this field SHALL be zero length", alert: alert.IllegalParameter, reason: alert.BadRequestContext},
	{name: "an empty entry", cert: func(m *handshake.Certificate) { m.CertificateList[0].CertData = nil },
		sentence: "RFC 9846, Section 4.5.1: cert_data<1..2^24-1>", alert: alert.DecodeError, reason: alert.Malformed},
	{name: "something that is no certificate", cert: func(m *handshake.Certificate) { m.CertificateList[0].CertData = []byte("certificate") },
		sentence: "a certificate was corrupt", alert: alert.DecodeError, reason: alert.CertificateMalformed},
	{name: "a certificate cut short", cert: func(m *handshake.Certificate) {
		der := m.CertificateList[0].CertData
		m.CertificateList[0].CertData = der[:len(der)-1]
	}, sentence: "a certificate was corrupt", alert: alert.DecodeError, reason: alert.CertificateMalformed},
	{name: "too many certificates", cert: leaves(handshake.MaxChainLength + 1),
		sentence: "a chain has a bounded length", alert: alert.BadCertificate, reason: alert.CertificateChainTooLong},
	{name: "an extension that was not asked for", cert: func(m *handshake.Certificate) {
		m.CertificateList[0].Extensions = handshake.AppendStatusRequestCT(nil, []byte("response"))
	}, sentence: "RFC 9846, Section 4.3: extensions that were not requested", alert: alert.UnsupportedExtension, reason: alert.UnsolicitedExtension},
	{name: "an extension of another message", cert: func(m *handshake.Certificate) {
		m.CertificateList[0].Extensions = handshake.AppendEmpty(nil, handshake.ExtServerName)
	}, sentence: "RFC 9846, Section 4.3: an extension not specified for the message in which it appears", alert: alert.IllegalParameter, reason: alert.MisplacedExtension},
	{name: "an extension twice", cert: func(m *handshake.Certificate) {
		m.CertificateList[0].Extensions = handshake.AppendEmpty(handshake.AppendEmpty(nil, 0x2a2a), 0x2a2a)
	}, sentence: "RFC 9846, Section 4.3: there MUST NOT be more than one extension of the same type", alert: alert.DecodeError, reason: alert.DuplicateExtension},

	// What the default verdict refuses.
	{name: "another name", identity: func() *testpeer.Identity { return testpeer.ECIdentity("other.test") }, only: "server",
		sentence: "the certificate is for another name", alert: alert.BadCertificate, reason: alert.CertificateNameMismatch},
	{name: "expired", identity: named(), config: func(c *tlsengine.Config) { c.Time = testpeer.Clock(100 * 24 * time.Hour) },
		sentence: "RFC 9846, Section 6.2: a certificate has expired or is not currently valid", alert: alert.CertificateExpired, reason: alert.CertificateHasExpired},
	{name: "not yet valid", identity: named(), config: func(c *tlsengine.Config) { c.Time = testpeer.Clock(-100 * 24 * time.Hour) },
		sentence: "RFC 9846, Section 6.2: a certificate has expired or is not currently valid", alert: alert.CertificateExpired, reason: alert.CertificateHasExpired},
	{name: "of nobody we know", identity: named(), config: func(c *tlsengine.Config) { c.Roots = emptyPool() },
		sentence: "RFC 9846, Section 6.2: the CA certificate could not be matched with a known trust anchor", alert: alert.UnknownCA, reason: alert.CertificateUnknownIssuer},
	{name: "a client's as a server's", identity: named(usage(x509.ExtKeyUsageClientAuth)), only: "server",
		sentence: "the certificate is for another usage", alert: alert.UnsupportedCertificate, reason: alert.CertificateKeyUsage},
	{name: "a server's as a client's", identity: named(usage(x509.ExtKeyUsageServerAuth)), only: "client",
		sentence: "the certificate is for another usage", alert: alert.UnsupportedCertificate, reason: alert.CertificateKeyUsage},
	{name: "not for signing", identity: named(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }),
		sentence: "RFC 9846, Section 4.5.1.2: the digitalSignature bit MUST be set if the Key Usage extension is present",
		alert:    alert.UnsupportedCertificate, reason: alert.CertificateKeyUsage},
	{name: "a broken intermediate", cert: func(m *handshake.Certificate) {
		m.CertificateList = append(m.CertificateList, handshake.CertificateEntry{CertData: []byte("certificate")})
	}, sentence: "a certificate was corrupt", alert: alert.DecodeError, reason: alert.CertificateMalformed},
	{name: "a huge RSA key", identity: bigRSA(signature.MaxRSABits + 1),
		sentence: "verifying takes time by the square of the length", alert: alert.BadCertificate, reason: alert.CertificateKeyTooLarge},

	{name: "a tiny RSA key", identity: bigRSA(signature.MinRSABits - 1),
		sentence: "a key that anybody can break", alert: alert.BadCertificate, reason: alert.CertificateKeyTooLarge},
	{name: "a curve that TLS has not", identity: keyOf(testpeer.ECKey(elliptic.P224(), "P-224").Public()),
		sentence: "RFC 9846, Section 6.2: a certificate was of an unsupported type", alert: alert.UnsupportedCertificate, reason: alert.CertificateKeyUnsupported},
	{name: "issued by no authority", identity: issuedByALeaf,
		sentence: "only an authority may issue", alert: alert.UnknownCA, reason: alert.CertificateUnknownIssuer},

	// CertificateVerify.
	{name: "a wrong signature", verify: func(m *handshake.CertificateVerify) { m.Signature[8] ^= 1 },
		sentence: "RFC 9846, Section 4.5.2: if the verification fails", alert: alert.DecryptError, reason: alert.BadSignature},
	{name: "no signature", verify: func(m *handshake.CertificateVerify) { m.Signature = nil },
		sentence: "RFC 9846, Section 4.5.2: if the verification fails", alert: alert.DecryptError, reason: alert.BadSignature},
	{name: "another scheme's name", verify: func(m *handshake.CertificateVerify) { m.Algorithm = signature.ECDSASecp384r1SHA384 },
		sentence: "RFC 9846, Section 4.5.2: the signature algorithm MUST be compatible with the key", alert: alert.IllegalParameter, reason: alert.WrongSignatureScheme},
	{name: "a scheme of another kind of key", verify: func(m *handshake.CertificateVerify) { m.Algorithm = signature.Ed25519 },
		sentence: "RFC 9846, Section 4.5.2: the signature algorithm MUST be compatible with the key", alert: alert.IllegalParameter, reason: alert.WrongSignatureScheme},
	{name: "a scheme nobody knows", verify: func(m *handshake.CertificateVerify) { m.Algorithm = 0x2a2a },
		sentence: "RFC 9846, Section 4.5.2: MUST be one of those present in signature_algorithms", alert: alert.IllegalParameter, reason: alert.WrongSignatureScheme},
	{name: "SHA-1", verify: func(m *handshake.CertificateVerify) { m.Algorithm = signature.ECDSASHA1 },
		sentence: "RFC 9846, Section 4.5.2: the SHA-1 algorithm MUST NOT be used", alert: alert.IllegalParameter, reason: alert.WrongSignatureScheme},
	{name: "PKCS #1", verify: func(m *handshake.CertificateVerify) { m.Algorithm = signature.RSAPKCS1SHA256 },
		sentence: "RFC 9846, Section 4.3.3: not defined for use in signed TLS handshake messages", alert: alert.IllegalParameter, reason: alert.WrongSignatureScheme},
	{name: "PKCS #1 that is right", identity: func() *testpeer.Identity {
		return testpeer.RSAIdentity(testpeer.Name).With(signature.RSAPKCS1SHA256)
	}, sentence: "RFC 9846, Section 4.3.3: not defined for use in signed TLS handshake messages", alert: alert.IllegalParameter, reason: alert.WrongSignatureScheme},
	{name: "a scheme that was not offered", identity: func() *testpeer.Identity { return testpeer.EdIdentity(testpeer.Name) },
		config: func(c *tlsengine.Config) {
			c.Signatures = []*signature.Algorithm{signature.Lookup(signature.ECDSASecp256r1SHA256)}
		}, sentence: "RFC 9846, Section 4.5.2: MUST be one offered in signature_algorithms", alert: alert.IllegalParameter, reason: alert.WrongSignatureScheme},
	{name: "the key of another certificate", identity: func() *testpeer.Identity {
		id := *testpeer.ServerIdentity()
		id.Key = testpeer.ECKey(elliptic.P256(), "another")
		return &id
	}, sentence: "RFC 9846, Section 4.5.2: proof that an endpoint possesses the private key corresponding to its certificate", alert: alert.DecryptError, reason: alert.BadSignature},
}

// provingPeer is a peer that has to prove itself to an engine of that Config,
// up to where it sends its Certificate.
func provingPeer(t *testing.T, drive *testpeer.Drive, as string, config func(*tlsengine.Config)) (*testpeer.Peer, []testpeer.Item) {
	t.Helper()
	if as == "server" {
		cfg := testpeer.ClientConfig()
		if config != nil {
			config(cfg)
		}
		p := testpeer.Server(t, drive, cfg)
		return p, []testpeer.Item{p.ServerHello(), p.EncryptedExtensions()}
	}
	cfg := testpeer.ServerConfig()
	cfg.ClientAuth = tlsengine.RequireClientCert
	if config != nil {
		config(cfg)
	}
	p := testpeer.Client(t, drive, cfg)
	p.Send(p.ClientHello())
	return p, nil
}

func TestProofsThatAreRefused(t *testing.T) {
	for _, as := range []string{"server", "client"} {
		for _, c := range refusedProofs {
			if c.only != "" && c.only != as {
				continue
			}
			t.Run(as+"'s "+c.name, func(t *testing.T) {
				testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
					p, before := provingPeer(t, drive, as, c.config)
					if c.identity != nil {
						p.Identity = c.identity()
					}
					p.Send(append(before, p.Certificate(orNothing(c.cert)), p.CertificateVerify(orNothing(c.verify)))...)
					p.WantAlert(c.sentence, c.alert, c.reason)
					p.WantNoEvent("nothing happened before")
				})
			})
		}
	}
}

func orNothing[M any](change func(*M)) func(*M) {
	if change == nil {
		return func(*M) {}
	}
	return change
}

func TestProofsAreOfTheirSide(t *testing.T) {
	for _, as := range []string{"server", "client"} {
		t.Run(as, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p, before := provingPeer(t, drive, as, nil)
				p.Send(append(before, p.Certificate(), p.Reflected())...)
				p.WantAlert("RFC 9846, Section 4.5.2: the context string provides separation between signatures made in different contexts",
					alert.DecryptError, alert.BadSignature)
			})
		})
	}
}

func TestMangledProofsAreRefused(t *testing.T) {
	for name, mangle := range map[string]func([]byte) []byte{
		"a byte too many": func(b []byte) []byte { return append(b, 0) },
		"cut short":       func(b []byte) []byte { return b[:len(b)-1] },
		"empty":           func([]byte) []byte { return nil },
	} {
		for _, as := range []string{"server", "client"} {
			t.Run(as+"'s Certificate "+name, func(t *testing.T) {
				testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
					p, before := provingPeer(t, drive, as, nil)
					p.Send(append(before, testpeer.Body(p.Certificate(), mangle))...)
					p.WantAlert("RFC 9846, Section 6: a message which cannot be parsed", alert.DecodeError, alert.Malformed)
				})
			})
			t.Run(as+"'s CertificateVerify "+name, func(t *testing.T) {
				testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
					p, before := provingPeer(t, drive, as, nil)
					p.Send(append(before, p.Certificate(), testpeer.Body(p.CertificateVerify(), mangle))...)
					p.WantAlert("RFC 9846, Section 6: a message which cannot be parsed", alert.DecodeError, alert.Malformed)
				})
			})
		}
	}
}

func TestWrongFinishedIsRefused(t *testing.T) {
	for name, change := range map[string]func(*handshake.Finished){
		"another":         func(m *handshake.Finished) { m.VerifyData[0] ^= 1 },
		"zeros":           func(m *handshake.Finished) { m.VerifyData = make([]byte, 32) },
		"a byte too many": func(m *handshake.Finished) { m.VerifyData = append(m.VerifyData, 0) },
		"a byte short":    func(m *handshake.Finished) { m.VerifyData = m.VerifyData[:31] },
		"empty":           func(m *handshake.Finished) { m.VerifyData = nil },
		"of TLS 1.2":      func(m *handshake.Finished) { m.VerifyData = m.VerifyData[:12] },
	} {
		for _, as := range []string{"server", "client"} {
			t.Run(as+"'s "+name, func(t *testing.T) {
				testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
					p, before := provingPeer(t, drive, as, nil)
					p.Send(append(before, p.Certificate(), p.CertificateVerify(), p.Finished(change))...)
					p.WantAlert("RFC 9846, Section 4.5.3: recipients of Finished messages MUST verify that the contents are correct",
						alert.DecryptError, alert.BadFinished)
					p.WantNoEvent("the handshake is not complete")
				})
			})
		}
	}
}

// TestKeysOfEveryKind: what may be proved with, is.
func TestKeysOfEveryKind(t *testing.T) {
	p384 := func() *testpeer.Identity {
		key := testpeer.ECKey(elliptic.P384(), testpeer.Name)
		return &testpeer.Identity{Chain: [][]byte{testpeer.Issue(testpeer.Name, key.Public())}, Key: key, Scheme: signature.ECDSASecp384r1SHA384}
	}
	p521 := func() *testpeer.Identity {
		key := testpeer.ECKey(elliptic.P521(), testpeer.Name)
		return &testpeer.Identity{Chain: [][]byte{testpeer.Issue(testpeer.Name, key.Public())}, Key: key, Scheme: signature.ECDSASecp521r1SHA512}
	}
	rsaPSS := func() *testpeer.Identity { return testpeer.RSAIdentity(testpeer.Name) }
	for name, identity := range map[string]func() *testpeer.Identity{
		"P-256": named(), "P-384": p384, "P-521": p521, "RSA": rsaPSS,
		"RSA, SHA-512": func() *testpeer.Identity { return rsaPSS().With(signature.RSAPSSRsaeSHA512) },
		"Ed25519":      func() *testpeer.Identity { return testpeer.EdIdentity(testpeer.Name) },
		"no extended key usage": named(func(c *x509.Certificate) {
			c.ExtKeyUsage = nil
		}),
		"no key usage": named(func(c *x509.Certificate) { c.KeyUsage = 0 }),
	} {
		for _, as := range []string{"server", "client"} {
			t.Run(as+"'s "+name, func(t *testing.T) {
				testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
					p, before := provingPeer(t, drive, as, nil)
					p.Identity = identity()
					p.Send(append(before, p.Certificate(), p.CertificateVerify(), p.Finished())...)
					p.WantDone("the handshake is complete")
					require.Equal(t, p.Identity.Scheme, p.Engine.ConnectionState().PeerScheme)
				})
			})
			// And the engine proves itself with the same.
			t.Run("to a "+as+" with "+name, func(t *testing.T) {
				testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
					id := identity()
					cred := id.Credential()
					cred.Schemes = []signature.Scheme{id.Scheme}
					provesItself(t, drive, as, cred)
				})
			})
		}
	}
}

// provesItself has an engine prove itself to a peer of that side.
func provesItself(t *testing.T, drive *testpeer.Drive, to string, cred *tlsengine.Credential) {
	t.Helper()
	var cv handshake.CertificateVerify
	if to == "server" {
		cfg := testpeer.ClientConfig()
		cfg.Credentials = []*tlsengine.Credential{cred}
		p := testpeer.Server(t, drive, cfg)
		p.Send(p.Flight(p.CertificateRequest())...)
		p.WantFlight("the client proves itself", handshake.MsgClientHello, handshake.MsgCertificate)
		p.Want("the signature is under the credential's scheme", &cv)
		p.WantDone("the handshake is complete")
	} else {
		cfg := testpeer.ServerConfig()
		cfg.Credentials = []*tlsengine.Credential{cred}
		p := testpeer.Client(t, drive, cfg)
		p.Send(p.ClientHello())
		p.WantFlight("the server proves itself", handshake.MsgServerHello, handshake.MsgEncryptedExtensions, handshake.MsgCertificate)
		p.Want("the signature is under the credential's scheme", &cv)
		p.Send(p.Finished())
		p.WantDone("the handshake is complete")
	}
	require.Equal(t, cred.Schemes[0], cv.Algorithm)
}

// CertificateRequest: RFC 9846, Section 4.4.2.

func TestClientRefusesCertificateRequests(t *testing.T) {
	for name, c := range map[string]struct {
		change   func(*handshake.CertificateRequest)
		sentence string
		alert    alert.Alert
		reason   alert.Reason
	}{
		"with a context": {func(m *handshake.CertificateRequest) { m.CertificateRequestContext = []byte{1} },
			"this field SHALL be zero length unless used for post-handshake authentication", alert.IllegalParameter, alert.BadRequestContext},
		"without signature_algorithms": {func(m *handshake.CertificateRequest) { m.Extensions = handshake.Extensions{} },
			"signature_algorithms MUST be specified", alert.MissingExtension, alert.MissingRequiredExtension},
		"empty signature_algorithms": {func(m *handshake.CertificateRequest) {
			m.Extensions = m.Extensions.With(handshake.ExtSignatureAlgorithms, []byte{0, 0})
		}, "supported_signature_algorithms<2..2^16-2>", alert.DecodeError, alert.MalformedExtension},
		"malformed certificate_authorities": {func(m *handshake.CertificateRequest) {
			m.Extensions = m.Extensions.With(handshake.ExtCertificateAuthorities, []byte{0, 0})
		}, "RFC 9846, Section 4.3.4: authorities<3..2^16-1>", alert.DecodeError, alert.MalformedExtension},
		"status_request with something in it": {func(m *handshake.CertificateRequest) {
			m.Extensions = m.Extensions.With(handshake.ExtStatusRequest, []byte{1})
		}, "RFC 9846, Section 4.5.1.1: an empty status_request extension in its CertificateRequest", alert.DecodeError, alert.MalformedExtension},
		"an extension of another message": {func(m *handshake.CertificateRequest) {
			m.Extensions = m.Extensions.With(handshake.ExtKeyShare, []byte{0, 29})
		}, "RFC 9846, Section 4.3: an extension not specified for the message", alert.IllegalParameter, alert.MisplacedExtension},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := testpeer.Server(t, drive, testpeer.ClientConfig())
				p.Send(p.ServerHello(), p.EncryptedExtensions(), p.CertificateRequest(c.change))
				p.WantAlert(c.sentence, c.alert, c.reason)
			})
		})
	}
}

func TestClientAnswersEveryCertificateRequest(t *testing.T) {
	for name, c := range map[string]struct {
		creds  []*tlsengine.Credential
		change func(*handshake.CertificateRequest)
		proves bool
	}{
		"with nothing":       {nil, nil, false},
		"with its identity":  {[]*tlsengine.Credential{testpeer.ClientIdentity().Credential()}, nil, true},
		"unknown extensions": {[]*tlsengine.Credential{testpeer.ClientIdentity().Credential()}, func(m *handshake.CertificateRequest) { m.Extensions = m.Extensions.With(0x2a2a, []byte{1}) }, true},
		"with nothing that fits": {[]*tlsengine.Credential{testpeer.ClientIdentity().Credential()}, func(m *handshake.CertificateRequest) {
			m.Extensions = m.Extensions.With(handshake.ExtSignatureAlgorithms, []byte{0, 2, 8, 7})
		}, false},
		"with the one that fits": {[]*tlsengine.Credential{testpeer.ClientIdentity().Credential(), testpeer.EdIdentity("client.test").Credential()}, func(m *handshake.CertificateRequest) {
			m.Extensions = m.Extensions.With(handshake.ExtSignatureAlgorithms, []byte{0, 2, 8, 7})
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ClientConfig()
				cfg.Credentials = c.creds
				p := testpeer.Server(t, drive, cfg)
				p.Send(p.Flight(p.CertificateRequest(orNothing(c.change)))...)
				p.WantFlight("RFC 9846, Section 4.5.1: the client MUST send a Certificate message", handshake.MsgClientHello, handshake.MsgCertificate)
				if c.proves {
					p.WantFlight("the client proves it", handshake.MsgCertificateVerify)
				}
				p.WantFlight("RFC 9846, Section 4.5.1: a Finished message MUST be sent regardless", handshake.MsgFinished)
				require.Equal(t, c.proves, len(p.Chain) > 0)
				p.WantDone("the handshake is complete")
			})
		})
	}
}

func TestServerGoesOnWithoutACertificateItOnlyAskedFor(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		cfg.ClientAuth, cfg.ClientCAs = tlsengine.RequestClientCert, [][]byte{testpeer.RootName()}
		p := testpeer.Client(t, drive, cfg)
		p.Identity = nil
		p.Send(p.ClientHello())
		p.WantFlight("the server answers", handshake.MsgServerHello, handshake.MsgEncryptedExtensions)
		var cr handshake.CertificateRequest
		p.Want("the server asks", &cr)
		data, _ := cr.Extensions.Get(handshake.ExtCertificateAuthorities)
		names, err := handshake.ParseCertificateAuthorities(data)
		require.NoError(t, err)
		require.Equal(t, handshake.OpaqueList16Of(testpeer.RootName()), names)
		p.Send(p.Certificate(), p.Finished())
		p.WantDone("RFC 9846, Section 4.5.1.3: the server MAY at its discretion continue the handshake without client authentication")
		require.Empty(t, p.Engine.ConnectionState().PeerChain)
	})
}

func TestServerWantsTheContextOfAnEmptyCertificateEmptyToo(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		cfg.ClientAuth = tlsengine.RequestClientCert
		p := testpeer.Client(t, drive, cfg)
		p.Identity = nil
		p.Send(p.ClientHello())
		p.Send(p.Certificate(func(m *handshake.Certificate) { m.CertificateRequestContext = []byte{1} }))
		p.WantAlert("RFC 9846, Section 4.5.1: the value of certificate_request_context in the CertificateRequest", alert.IllegalParameter, alert.BadRequestContext)
	})
}

// Staples.

func TestStaples(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ClientConfig()
		cfg.RequestStatus = true
		p := testpeer.Server(t, drive, cfg)
		p.Send(p.ServerHello(), p.EncryptedExtensions(), p.Certificate(func(m *handshake.Certificate) {
			m.CertificateList[0].Extensions = handshake.AppendStatusRequestCT(nil, []byte("response"))
		}), p.CertificateVerify(), p.Finished())
		p.WantDone("the handshake is complete")
		require.Equal(t, "response", string(p.Engine.ConnectionState().PeerStaple))
	})
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		cfg.Credentials[0].Staple = []byte("response")
		for _, asks := range []bool{true, false} {
			p := testpeer.Client(t, drive, cfg)
			p.Send(p.ClientHello(func(m *handshake.ClientHello) {
				if asks {
					m.Extensions = handshake.AppendStatusRequest(m.Extensions, handshake.CertificateStatusRequest{StatusType: handshake.OCSP})
				}
			}))
			p.WantFlight("the server answers", handshake.MsgServerHello, handshake.MsgEncryptedExtensions)
			var cert handshake.Certificate
			p.Want("the server shows its chain", &cert)
			data, ok := cert.CertificateList[0].Extensions.Get(handshake.ExtStatusRequest)
			require.Equal(t, asks, ok, "RFC 9846, Section 4.5.1: extensions MUST correspond to ones from the ClientHello message")
			if asks {
				got, err := handshake.ParseStatusRequestCT(data)
				require.NoError(t, err)
				require.Equal(t, "response", string(got))
			}
		}
	})
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ClientConfig()
		cfg.RequestStatus = true
		p := testpeer.Server(t, drive, cfg)
		p.Send(p.ServerHello(), p.EncryptedExtensions(), p.Certificate(func(m *handshake.Certificate) {
			m.CertificateList[0].Extensions = handshake.AppendExtension(nil, handshake.ExtStatusRequest, []byte{1, 0, 0, 9})
		}))
		p.WantAlert("RFC 6066, Section 8: the OCSPResponse is as long as it says", alert.DecodeError, alert.MalformedExtension)
	})
}

func TestServerAsksForTheClientsStaple(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		cfg.ClientAuth, cfg.RequestStatus = tlsengine.RequireClientCert, true
		p := testpeer.Client(t, drive, cfg)
		p.Send(p.ClientHello())
		p.WantFlight("the server answers", handshake.MsgServerHello, handshake.MsgEncryptedExtensions)
		var cr handshake.CertificateRequest
		p.Want("the server asks", &cr)
		data, ok := cr.Extensions.Get(handshake.ExtStatusRequest)
		require.True(t, ok && len(data) == 0, "RFC 9846, Section 4.5.1.1: an empty status_request extension in its CertificateRequest")
		p.Send(p.Certificate(func(m *handshake.Certificate) {
			m.CertificateList[0].Extensions = handshake.AppendStatusRequestCT(nil, []byte("response"))
		}), p.CertificateVerify(), p.Finished())
		p.WantDone("the handshake is complete")
		require.Equal(t, "response", string(p.Engine.ConnectionState().PeerStaple))
	})
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ClientConfig()
		cred := testpeer.ClientIdentity().Credential()
		cred.Staple = []byte("response")
		cfg.Credentials = []*tlsengine.Credential{cred}
		p := testpeer.Server(t, drive, cfg)
		p.Send(p.Flight(p.CertificateRequest(func(m *handshake.CertificateRequest) {
			m.Extensions = handshake.AppendEmpty(m.Extensions, handshake.ExtStatusRequest)
		}))...)
		p.WantFlight("the client opened the handshake", handshake.MsgClientHello)
		var cert handshake.Certificate
		p.Want("the client shows its chain", &cert)
		require.True(t, cert.CertificateList[0].Extensions.Has(handshake.ExtStatusRequest))
	})
}

func TestServerShowsTheCertificateForTheName(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		other := testpeer.ECIdentity("other.test")
		cfg.Credentials = append(cfg.Credentials, other.Credential())
		for name, want := range map[string][]byte{"other.test": other.Chain[0], "unknown.test": testpeer.ServerIdentity().Chain[0]} {
			p := testpeer.Client(t, testpeer.Whole(), cfg)
			p.Send(p.ClientHello(func(m *handshake.ClientHello) {
				m.Extensions = handshake.AppendServerName(m.Extensions.Without(handshake.ExtServerName), name)
			}))
			p.WantFlight("the server answers", handshake.MsgServerHello)
			require.True(t, bytes.Equal(want, p.Chain[0]), "RFC 9846, Section 4.5.1.2: server_name is used to guide certificate selection")
		}
	})
}
