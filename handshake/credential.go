package handshake

import (
	"crypto"
	"crypto/x509"
	"errors"
	"slices"

	"github.com/tlsengine/tlsengine/signature"
)

// Credential is a certificate chain and what can sign with its key. It is
// read only once it is part of a Config.
type Credential struct {
	// Chain holds the certificates in DER, the leaf first, each issued by
	// the next. The root may be left out.
	Chain [][]byte

	// Signer signs. Without it the engine asks for each signature
	// (SignatureRequest), so that the key can be anywhere.
	Signer crypto.Signer

	// Public is the key of a Credential without Signer; nil is that of the
	// leaf.
	Public crypto.PublicKey

	// Schemes are what the key may sign with, in order of preference; nil is
	// everything that fits the leaf's key.
	Schemes []signature.Scheme

	// Staple is a DER OCSP response, sent to those who ask; may be nil.
	Staple []byte

	leaf *x509.Certificate
}

// NewCredential checks that the leaf parses and, with a signer, that the
// signer's key is the leaf's. Where the leaf says that its RSA key is for
// RSASSA-PSS only, the credential signs accordingly.
func NewCredential(chain [][]byte, signer crypto.Signer) (*Credential, error) {
	if len(chain) == 0 {
		return nil, errors.New("a credential without certificates")
	}
	leaf, err := x509.ParseCertificate(chain[0])
	if err != nil {
		return nil, err
	}
	if signer != nil {
		if signer, err = signerFor(leaf, signer); err != nil {
			return nil, err
		}
	}
	return &Credential{Chain: chain, Signer: signer, leaf: leaf}, nil
}

// ErrCredential is returned for a Credential that no Certificate message can
// hold: nil in a list, without certificates or with an empty one, or with more
// than MaxCredential bytes.
var ErrCredential = errors.New("the credential is empty or too long")

// check returns ErrCredential, or nil.
//
// "opaque cert_data<1..2^24-1>", RFC 9846, Section 4.5.1.
func (c *Credential) check() error {
	if c == nil || len(c.Chain) == 0 || slices.ContainsFunc(c.Chain, isEmpty) || chainLen(c)+len(c.Staple) > MaxCredential {
		return ErrCredential
	}
	return nil
}

func isEmpty(der []byte) bool { return len(der) == 0 }

// chainLen is how many bytes the certificates of a credential have.
func chainLen(c *Credential) (n int) {
	for _, der := range c.Chain {
		n += len(der)
	}
	return n
}

// signerFor is the signer with the public key that the leaf has.
func signerFor(leaf *x509.Certificate, signer crypto.Signer) (crypto.Signer, error) {
	key, err := leafKey(leaf)
	if err != nil {
		return nil, err
	}
	own := signer.Public()
	if pss, ok := key.(*signature.PSSPublicKey); ok {
		key, signer = pss.RSA, signature.PSSSigner(signer, pss)
	}
	pub, ok := key.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !pub.Equal(own) {
		return nil, errors.New("the private key is not that of the leaf certificate")
	}
	return signer, nil
}

// publicKey is the key that signatures must fit, or nil if unknown.
func (c *Credential) publicKey() crypto.PublicKey {
	if c.Signer != nil {
		return c.Signer.Public()
	}
	if c.Public != nil {
		return c.Public
	}
	if leaf := c.parsed(); leaf != nil {
		if key, err := leafKey(leaf); err == nil {
			return key
		}
	}
	return nil
}

// parsed is the leaf, or nil if it does not parse. It changes nothing:
// credentials are shared.
func (c *Credential) parsed() *x509.Certificate {
	if c.leaf != nil || len(c.Chain) == 0 {
		return c.leaf
	}
	leaf, err := x509.ParseCertificate(c.Chain[0])
	if err != nil {
		return nil
	}
	return leaf
}

// serves reports whether the leaf is for the name.
func (c *Credential) serves(name string) bool {
	leaf := c.parsed()
	return leaf != nil && leaf.VerifyHostname(name) == nil
}

// scheme is what the credential signs with for this peer: the first of its
// own Schemes, or of the peer's where it has none, that both take and that
// fits the version and the key; 0 if there is none.
func (c *Credential) scheme(v Version, peer []signature.Scheme) signature.Scheme {
	own := c.Schemes
	if own == nil {
		own = peer
	}
	pub := c.publicKey()
	for _, s := range own {
		if c.signs(v, s, pub) && slices.Contains(peer, s) { // in this order: a peer's list may be long
			return s
		}
	}
	return 0
}

// signs reports whether the scheme fits the version and the key. Where the
// key is not known (no Signer, a leaf of a new kind) a listed scheme is
// believed.
func (c *Credential) signs(v Version, s signature.Scheme, pub crypto.PublicKey) bool {
	alg := signature.Lookup(s)
	if pub == nil || alg == nil {
		return pub == nil && c.Schemes != nil
	}
	return allowed(alg, v) && fits(alg, v, pub)
}

// choose is the default answer to the credential question: of those that can
// sign what the peer takes, the first that is for the name, else the first.
func choose(list []*Credential, req *CredentialRequest) *Credential {
	var first *Credential
	for _, c := range list {
		if !req.Accepts(c) {
			continue
		}
		if req.ServerName == "" || len(list) == 1 || c.serves(req.ServerName) {
			return c
		}
		if first == nil {
			first = c
		}
	}
	return first
}

// allowed reports whether the scheme may sign handshakes of the version.
//
// "RSASSA-PKCS1-v1_5 algorithms: … These values refer solely to signatures
// which appear in certificates and are not defined for use in signed TLS
// handshake messages". RFC 9846, Section 4.3.3.
func allowed(a *signature.Algorithm, v Version) bool {
	if v == VersionTLS13 {
		return a.TLS13
	}
	return a.TLS12
}

func fits(a *signature.Algorithm, v Version, pub crypto.PublicKey) bool {
	if v == VersionTLS13 {
		return a.Fits(pub)
	}
	return a.Fits12(pub)
}
