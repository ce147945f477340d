package handshake

import (
	"crypto/hmac"
	"crypto/x509"
	"errors"
	"slices"

	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/signature"
)

// What both roles do with the authentication messages of RFC 9846, Section
// 4.5.

// certificateContext is what the peer takes as our proof: its
// CertificateRequest, or its ClientHello; and then the proof that was chosen.
type certificateContext struct {
	schemes     []signature.Scheme
	authorities [][]byte
	serverName  string
	status      bool                    // the peer wants a stapled OCSP response
	ecdsa, rsa  bool                    // TLS 1.2: kinds of keys
	curves      []group.ID              // TLS 1.2: of an ECDSA key; nil is any
	types       []ClientCertificateType // TLS 1.2: as the server said

	chain  [][]byte         // of the credential that was chosen
	scheme signature.Scheme // to sign with
	signer *Credential      // who signs at once; not part of the state's bytes
}

// readRequest reads what the extensions say of the proof that is wanted.
//
// "The "signature_algorithms" extension MUST be specified". RFC 9846, Section
// 4.4.2.
func readRequest(list Extensions) (*certificateContext, error) {
	data, ok := list.Get(ExtSignatureAlgorithms)
	if !ok {
		return nil, alert.MissingRequiredExtension.Errorf("server's CertificateRequest has no signature_algorithms")
	}
	schemes, err := ParseSignatureAlgorithms(data)
	if err != nil {
		return nil, err
	}
	out := &certificateContext{schemes: schemes.Slice()}
	if data, ok := list.Get(ExtCertificateAuthorities); ok {
		names, err := ParseCertificateAuthorities(data)
		if err != nil {
			return nil, err
		}
		for name := range names.All() {
			out.authorities = append(out.authorities, append([]byte(nil), name...))
		}
	}
	out.status, err = list.says(ExtStatusRequest)
	return out, err
}

// readChain takes the peer's certificates, and checks what must be right
// before its signature can be.
func (c *common) readChain(m *Certificate) error {
	if len(m.CertificateRequestContext) != 0 {
		return alert.BadRequestContext.Errorf("the peer's certificate_request_context is not empty")
	}
	if len(m.CertificateList) > MaxChainLength {
		return alert.CertificateChainTooLong.Errorf("the peer's chain has %d certificates, at most %d are taken", len(m.CertificateList), MaxChainLength)
	}
	chain := make([][]byte, len(m.CertificateList))
	for i, entry := range m.CertificateList {
		chain[i] = entry.CertData
		if err := c.readEntry(i, entry.Extensions); err != nil {
			return err
		}
	}
	return c.takeChain(chain)
}

// takeChain takes a copy of the peer's chain, or what is known of it, and the
// leaf's key.
func (c *common) takeChain(chain [][]byte) error {
	common, err := c.readLeaf(chain)
	if err != nil {
		return err
	}
	does := func(a *signature.Algorithm) bool { return fits(a, c.facts.Version, c.peer.key) }
	if !common && !slices.ContainsFunc(c.cfg.signatures(), does) {
		return alert.CertificateKeyUnsupported.Errorf("the peer's key is of a kind that no scheme was offered for")
	}
	return nil
}

// readLeaf sets the peer's chain and key, and reports whether crypto/x509 knows
// that kind of key.
func (c *common) readLeaf(chain [][]byte) (common bool, err error) {
	if k := c.cfg.recall(chain, c.peerUsage()); k != nil {
		c.peer.chain, c.peer.key, c.peer.known = k.chain, k.key, k
		return k.common, nil
	}
	c.peer.chain = clone(chain)
	leaf, err := c.peerLeaf()
	if err != nil {
		return false, err
	}
	c.peer.key, err = leafKey(leaf)
	return leaf.PublicKey != nil, err
}

// peerUsage is what the peer's certificate has to be for.
func (c *common) peerUsage() x509.ExtKeyUsage {
	if c.role == clientRole {
		return serverUsage
	}
	return clientUsage
}

// readEntry takes what comes with a certificate. Only a status was asked for,
// and only a client asks.
func (c *common) readEntry(i int, list Extensions) error {
	if err := list.Legal(InCT); err != nil {
		return err
	}
	for t, data := range list.All() {
		if t != ExtStatusRequest || !c.cfg.RequestStatus {
			return alert.UnsolicitedExtension.Errorf("the peer's Certificate has extension %v, which was not asked for", t)
		}
		response, err := ParseStatusRequestCT(data)
		if err != nil {
			return err
		}
		if i == 0 {
			c.peer.staple = append([]byte(nil), response...)
		}
	}
	return nil
}

// parseLeaf parses the first certificate and checks that its key may sign.
//
// "the digitalSignature bit MUST be set if the Key Usage extension is present".
// RFC 9846, Section 4.5.1.2.
func parseLeaf(chain [][]byte) (*x509.Certificate, error) {
	if len(chain) == 0 {
		return nil, alert.NoCertificate.Errorf("no certificate")
	}
	leaf, err := x509.ParseCertificate(chain[0])
	if err != nil {
		return nil, alert.CertificateMalformed.Wrap(err, "the peer's certificate does not parse")
	}
	if leaf.KeyUsage != 0 && leaf.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
		return nil, alert.CertificateKeyUsage.Errorf("the peer's certificate is not for digital signatures")
	}
	return leaf, nil
}

// peerLeaf is the peer's leaf, parsed once from its Certificate to the verdict.
func (c *common) peerLeaf() (leaf *x509.Certificate, err error) {
	if c.peer.leaf == nil {
		c.peer.leaf, err = parseLeaf(c.peer.chain)
	}
	return c.peer.leaf, err
}

// judge takes the verdict on the peer's chain, after which nobody wants the
// leaf any more.
func (c *common) judge(in *input) error {
	c.peer.leaf, c.peer.known = nil, nil
	return verdictError(in.answer.err)
}

// peerKey is the public key of the peer's leaf.
func (c *common) peerKey() (any, error) {
	if c.peer.key == nil {
		leaf, err := c.peerLeaf()
		if err != nil {
			return nil, err
		}
		if c.peer.key, err = leafKey(leaf); err != nil {
			return nil, err
		}
	}
	return c.peer.key, nil
}

// leafKey is the public key of a certificate, also of the kinds that
// crypto/x509 does not know.
func leafKey(leaf *x509.Certificate) (any, error) {
	if leaf.PublicKey != nil {
		return leaf.PublicKey, signatureKey(signature.CheckKey(leaf.PublicKey))
	}
	key, err := signature.ParsePublicKey(leaf.RawSubjectPublicKeyInfo)
	return key, signatureKey(err)
}

// signatureKey gives the errors of package signature about keys their reasons.
func signatureKey(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, signature.ErrKeySize):
		return alert.CertificateKeyTooLarge.Wrap(err, "the peer's key is refused")
	}
	return alert.CertificateKeyUnsupported.Wrap(err, "the peer's key is refused")
}

// readCertificateVerify checks the peer's signature over the transcript.
//
// "If the CertificateVerify message is sent by a server, the signature
// algorithm MUST be one offered in the client's "signature_algorithms"
// extension". RFC 9846, Section 4.5.2.
func (c *common) readCertificateVerify(in *input) error {
	cv, err := ParseCertificateVerify(in.body())
	if err != nil {
		return err
	}
	key, err := c.peerKey()
	if err != nil {
		return err
	}
	alg := c.cfg.signature(cv.Algorithm)
	if alg == nil || !alg.TLS13 {
		return alert.WrongSignatureScheme.Errorf("the peer signed with %v, which was not offered", cv.Algorithm)
	}
	if !alg.Fits(key) {
		return alert.WrongSignatureScheme.Errorf("the peer signed with %v, which does not fit its key", cv.Algorithm)
	}
	content := signedContent(1-c.role, c.transcript.sum())
	if err := alg.Verify(key, content, cv.Signature); err != nil {
		return alert.BadSignature.Wrap(err, "the peer's CertificateVerify is wrong")
	}
	c.facts.PeerScheme, c.peer.proved, c.peer.key = cv.Algorithm, true, nil
	c.after.authenticated = c.cfg.now().UnixMilli()
	c.transcript.add(in.raw)
	return nil
}

// sayCertificate sends the chain of the credential that was chosen and
// reports whether a signature has to follow.
func (c *common) sayCertificate(a answer) (signs bool, err error) {
	if a.err != nil {
		return false, refused(a.err)
	}
	m := Certificate{}
	if a.credential != nil {
		scheme := a.credential.scheme(VersionTLS13, c.request.schemes)
		if scheme == 0 {
			return false, alert.NoSignatureScheme.Errorf("the peer takes no signature scheme that the credential can make")
		}
		c.request.chain, c.request.scheme, c.request.signer = a.credential.Chain, scheme, a.credential
		m.CertificateList = c.entries(a.credential)
	}
	c.say(Handshake, MsgCertificate, m.Append(c.out.room()))
	return a.credential != nil, nil
}

func (c *common) entries(cred *Credential) []CertificateEntry {
	out := make([]CertificateEntry, len(cred.Chain))
	for i, der := range cred.Chain {
		out[i].CertData = der
	}
	if c.request.status && cred.Staple != nil && len(out) > 0 {
		out[0].Extensions = AppendStatusRequestCT(nil, cred.Staple)
	}
	return out
}

// toSign is what AWAIT_SIGNATURE waits for a signature of.
func (c *common) toSign() []byte {
	if c.t12 != nil {
		return c.toSign12()
	}
	return signedContent(c.role, c.transcript.sum())
}

// signedContent is what a CertificateVerify of the role's signs.
func signedContent(r role, th []byte) []byte {
	buf := make([]byte, 0, signature.MaxContent)
	if r == serverRole {
		return signature.AppendServerContent(buf, th)
	}
	return signature.AppendClientContent(buf, th)
}

// sayCertificateVerify sends the signature.
func (c *common) sayCertificateVerify(a answer) error {
	if err := a.unsigned(); err != nil {
		return err
	}
	m := CertificateVerify{Algorithm: c.request.scheme, Signature: a.signature}
	c.say(Handshake, MsgCertificateVerify, m.Append(c.out.room()))
	c.facts.OwnScheme = c.request.scheme
	return nil
}

// unsigned is why there is no signature in the answer, or nil.
func (a *answer) unsigned() error {
	switch n := len(a.signature); {
	case a.err != nil:
		return alert.SigningFailed.Wrap(a.err, "signing failed")
	case n == 0 || n > 0xffff:
		return alert.SigningFailed.Errorf("signing gave %d bytes", n)
	}
	return nil
}

// readFinished checks the peer's Finished against its handshake secret.
//
// "Recipients of Finished messages MUST verify that the contents are correct
// and if incorrect MUST terminate the connection with a "decrypt_error"
// alert." RFC 9846, Section 4.5.3.
func (c *common) readFinished(in *input, secret keyschedule.Secret) error {
	m, _ := ParseFinished(in.body()) // every body is one
	c.tellFinished(&secret)
	want := keyschedule.VerifyData(c.facts.Suite.Hash, secret, c.transcript.sum())
	if !hmac.Equal(m.VerifyData, want.Bytes()) {
		return alert.BadFinished.Errorf("the peer's Finished is wrong")
	}
	return nil
}

// sayFinished sends our Finished.
func (c *common) sayFinished(secret keyschedule.Secret) {
	c.tellFinished(&secret)
	data := keyschedule.VerifyData(c.facts.Suite.Hash, secret, c.transcript.sum())
	m := Finished{VerifyData: data.Bytes()}
	c.say(Handshake, MsgFinished, m.Append(c.out.room()))
}

// applicationSecrets derives the secrets of the application, with the
// transcript at ClientHello…server Finished.
func (c *common) applicationSecrets() {
	k := c.keys
	th := c.transcript.sum()
	k.main = k.handshake.Main()
	k.clientApp, k.serverApp, c.after.exporter = k.main.Traffic(th)
	c.tellApplication(th)
	k.handshake = keyschedule.HandshakeSecret{}
	c.logSecret("CLIENT_TRAFFIC_SECRET_0", &k.clientApp)
	c.logSecret("SERVER_TRAFFIC_SECRET_0", &k.serverApp)
	c.logSecret("EXPORTER_SECRET", &c.after.exporter)
}

// resumptionSecret derives the secret of the tickets, with the transcript at
// ClientHello…client Finished.
func (c *common) resumptionSecret() {
	th := c.transcript.sum()
	c.after.resumption = c.keys.main.Resumption(th)
	c.tellExpand(&c.keys.main.Secret, "res master", th, &c.after.resumption)
}

// settle forgets what only the handshake needed.
func (c *common) settle() {
	*c.keys = keySecrets{}
	c.keys, c.request, c.transcript = nil, nil, nil
}

// refused is an application's refusal: its own error if it chose the alert.
func refused(err error) error {
	var chosen *alert.Error
	if err == nil || errors.As(err, &chosen) {
		return err
	}
	return alert.AccessRefused.Wrap(err, "the application refused")
}
