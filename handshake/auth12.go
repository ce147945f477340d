package handshake

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/signature"
)

// What both roles do with the authentication messages of RFC 5246, Section
// 7.4. They differ from those of TLS 1.3 in that keys are of two kinds, ECDSA
// and RSA, which the suite or certificate_types choose between, and in what is
// signed.

// schemeAuth is the kind of key a scheme belongs to; AuthAny is none of TLS 1.2.
// EdDSA counts as ECDSA: RFC 8422, Sections 5.3 and 5.5.
func schemeAuth(s signature.Scheme) cipher.Auth {
	switch s {
	case signature.ECDSASecp256r1SHA256, signature.ECDSASecp384r1SHA384, signature.ECDSASecp521r1SHA512,
		signature.Ed25519, signature.Ed448:
		return cipher.AuthECDSA
	case signature.RSAPKCS1SHA256, signature.RSAPKCS1SHA384, signature.RSAPKCS1SHA512,
		signature.RSAPSSRsaeSHA256, signature.RSAPSSRsaeSHA384, signature.RSAPSSRsaeSHA512,
		signature.RSAPSSPssSHA256, signature.RSAPSSPssSHA384, signature.RSAPSSPssSHA512:
		return cipher.AuthRSA
	}
	return cipher.AuthAny
}

// keyAuth is the kind of a public key that some scheme of TLS 1.2 fits. Ed25519
// and Ed448 count as ECDSA: RFC 8422, Section 5.3.
func keyAuth(key any) cipher.Auth {
	switch key.(type) {
	case *rsa.PublicKey, *signature.PSSPublicKey:
		return cipher.AuthRSA
	}
	return cipher.AuthECDSA
}

// narrow12 leaves of the proof that is wanted what keys of those kinds can do.
func (r *certificateContext) narrow12(ecdsa, rsa bool) {
	r.ecdsa, r.rsa = ecdsa, rsa
	r.schemes = slices.DeleteFunc(r.schemes, func(s signature.Scheme) bool {
		auth := schemeAuth(s)
		return !(ecdsa && auth == cipher.AuthECDSA || rsa && auth == cipher.AuthRSA)
	})
}

// certificateTypes are those that a server's CertificateRequest takes: of the
// kinds that its signature schemes are of.
func certificateTypes(cfg *Config) (list List8[ClientCertificateType]) {
	for _, kind := range []struct {
		auth cipher.Auth
		t    ClientCertificateType
	}{{cipher.AuthRSA, RSASign}, {cipher.AuthECDSA, ECDSASign}} {
		if slices.ContainsFunc(cfg.signatures(), func(a *signature.Algorithm) bool {
			return a.TLS12 && schemeAuth(a.Scheme) == kind.auth
		}) {
			list = append(list, byte(kind.t))
		}
	}
	return list
}

// readRequest12 reads what a CertificateRequest says of the proof that is
// wanted.
//
// RFC 5246, Section 7.4.4.
func readRequest12(m *CertificateRequest12) *certificateContext {
	out := &certificateContext{
		schemes: m.SupportedSignatureAlgorithms.Slice(), types: slices.Collect(m.CertificateTypes.All()),
	}
	for name := range m.CertificateAuthorities.All() {
		out.authorities = append(out.authorities, slices.Clone(name))
	}
	out.narrow12(m.CertificateTypes.Has(ECDSASign), m.CertificateTypes.Has(RSASign))
	return out
}

// readChain12 takes the peer's certificates.
func (c *common) readChain12(m *Certificate12) error {
	if len(m.CertificateList) > MaxChainLength {
		return alert.CertificateChainTooLong.Errorf("the peer's chain has %d certificates, at most %d are taken", len(m.CertificateList), MaxChainLength)
	}
	return c.takeChain(m.CertificateList)
}

// checkServerKey holds the server's key to the suite and to the groups that
// were offered.
//
// "The end entity certificate's public key (and associated restrictions) MUST
// be compatible with the selected key exchange algorithm." RFC 5246, Section
// 7.4.2. "If the client has used a Supported Elliptic Curves Extension, the
// public key in the server's certificate MUST respect the client's choice of
// elliptic curves." RFC 8422, Section 5.3.
func (c *client) checkServerKey(key any) error {
	if auth := c.facts.Suite.Auth; keyAuth(key) != auth {
		return alert.WrongCertificateType.Errorf("server's key is not of the kind that %v wants: %v", c.facts.Suite, auth)
	}
	if ec, ok := key.(*ecdsa.PublicKey); ok && c.cfg.group(curveGroup(ec.Curve)) == nil {
		return alert.BadCertificateCurve.Errorf("server's key is on a curve that was not offered")
	}
	return nil
}

// curveGroup is the group of a curve that some scheme fits, which TLS 1.2 has
// one number for.
func curveGroup(c elliptic.Curve) group.ID {
	switch c {
	case elliptic.P256():
		return group.P256
	case elliptic.P384():
		return group.P384
	}
	return group.P521
}

// checkSignature12 checks a signature of the peer's over the content.
//
// "the signature algorithm and hash algorithm MUST be a pair listed in that
// extension. … In addition, the hash and signature algorithms MUST be compatible
// with the key in the server's end-entity certificate." RFC 5246, Section
// 7.4.3; 7.4.8 says the same of clients.
func (c *common) checkSignature12(s signature.Scheme, content, sig []byte) error {
	key, err := c.peerKey()
	if err != nil {
		return err
	}
	alg := c.cfg.signature(s)
	if alg == nil || !alg.TLS12 {
		return alert.WrongSignatureScheme.Errorf("the peer signed with %v, which was not offered", s)
	}
	if !alg.Fits12(key) {
		return alert.WrongSignatureScheme.Errorf("the peer signed with %v, which does not fit its key", s)
	}
	if err := alg.Verify12(key, content, sig); err != nil {
		return alert.BadSignature.Wrap(err, "the peer's signature is wrong")
	}
	c.facts.PeerScheme, c.peer.proved, c.peer.key = s, true, nil
	c.after.authenticated = c.cfg.now().UnixMilli()
	return nil
}

// signedParams is what the signature of a ServerKeyExchange is over:
//
//	ClientHello.random + ServerHello.random + ServerKeyExchange.params
//
// RFC 8422, Section 5.4.
func (c *common) signedParams(p *ServerECDHParams) []byte {
	out := make([]byte, 0, 2*32+4+len(p.Public))
	out = append(out, c.keys.clientRandom[:]...)
	out = append(out, c.t12.serverRandom[:]...)
	return p.Append(out)
}

// toSign12 is what AWAIT12_SIGNATURE waits for a signature of: of a server the
// parameters of its key exchange, of a client "all handshake messages sent or
// received, starting at client hello and up to, but not including, this
// message". RFC 5246, Section 7.4.8.
func (c *common) toSign12() []byte {
	if c.role == serverRole {
		return c.signedParams(c.ownParams())
	}
	return slices.Clone(c.transcript.pending)
}

// ownParams are a server's half of the key exchange.
func (c *common) ownParams() *ServerECDHParams {
	return &ServerECDHParams{NamedCurve: c.t12.group.ID, Public: c.t12.key.Share()}
}

// unfit is the refusal to sign with a credential.
func (r *certificateContext) unfit(c *Credential) error {
	switch keyAuth(c.publicKey()) {
	case cipher.AuthECDSA:
		if !r.ecdsa {
			return alert.UnsupportedCertificateType12.Errorf("server takes no ECDSA certificates")
		}
	case cipher.AuthRSA:
		if !r.rsa {
			return alert.UnsupportedCertificateType12.Errorf("server takes no RSA certificates")
		}
	}
	return alert.NoSignatureScheme.Errorf("server takes no signature scheme that the credential can make")
}

// sayCertificate12 sends the chain of the credential that was chosen; none is
// an empty chain.
//
// RFC 5246, Sections 7.4.2 and 7.4.6.
func (c *common) sayCertificate12(cred *Credential, scheme signature.Scheme) {
	m := Certificate12{}
	if cred != nil {
		c.request.chain, c.request.scheme, c.request.signer = cred.Chain, scheme, cred
		m.CertificateList = cred.Chain
	}
	c.say(Initial, MsgCertificate, m.Append(c.out.room()))
}
