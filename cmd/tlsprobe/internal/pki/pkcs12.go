package pki

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what people have in their files is to be read
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"hash"
	"slices"

	old "golang.org/x/crypto/pkcs12"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
)

// PKCS #12: RFC 7292, Section 4.

type pfx struct {
	Version int
	Safe    contentInfo
	MAC     macData `asn1:"optional"`
}

type contentInfo struct {
	Type    oid
	Content asn1.RawValue `asn1:"tag:0,explicit,optional"`
}

type macData struct {
	MAC struct {
		Algorithm pkix.AlgorithmIdentifier
		Digest    []byte
	}
	Salt       []byte
	Iterations int `asn1:"optional,default:1"`
}

type encryptedData struct {
	Version int
	Content struct {
		Type      oid
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte `asn1:"tag:0,optional"`
	}
}

type encryptedKey struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
}

type safeBag struct {
	ID         oid
	Value      asn1.RawValue `asn1:"tag:0,explicit"`
	Attributes asn1.RawValue `asn1:"set,optional"`
}

type certBag struct {
	ID   oid
	Data []byte `asn1:"tag:0,explicit"`
}

var (
	oidData      = oid{1, 2, 840, 113549, 1, 7, 1}
	oidEncrypted = oid{1, 2, 840, 113549, 1, 7, 6}
	oidKeyBag    = oid{1, 2, 840, 113549, 1, 12, 10, 1, 1}
	oidShrouded  = oid{1, 2, 840, 113549, 1, 12, 10, 1, 2}
	oidCertBag   = oid{1, 2, 840, 113549, 1, 12, 10, 1, 3}
)

// isPKCS12 reports whether a file begins like PKCS #12.
func isPKCS12(b []byte) bool {
	var p pfx
	return unmarshal(b, &p) == nil && p.Version == 3
}

// bags are what a file holds.
type bags struct {
	certs []*x509.Certificate
	keys  [][]byte // PKCS #8
}

// pkcs12 reads a credential out of a file in PKCS #12.
func pkcs12(certFile, keyFile string, b, password []byte, given bool) (*tlsengine.Credential, error) {
	if keyFile != "" {
		return nil, fault.UsageError("conflict", "%s is PKCS #12 and has its key in it; drop --key", certFile)
	}
	found, err := readPKCS12(b, password)
	if errors.Is(err, errRC2) {
		found, err = oldPKCS12(b, password)
	}
	switch {
	case errors.Is(err, errPassword) && !given:
		return nil, fault.InputError("key", "%s: PKCS #12 with a password", certFile).WithHint("--key-pass-file has its password")
	case err != nil:
		return nil, fault.InputError("key", "%s: PKCS #12: %v", certFile, err)
	case len(found.keys) != 1 || len(found.certs) == 0:
		return nil, fault.InputError("key", "%s: PKCS #12 with %d keys and %d certificates, want one key and its certificate", certFile, len(found.keys), len(found.certs))
	}
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: found.keys[0]})
	var failure error
	for i := range found.certs { // the one of the key comes first
		certs := append([]*x509.Certificate{found.certs[i]}, slices.Delete(slices.Clone(found.certs), i, i+1)...)
		var chain bytes.Buffer
		for _, cert := range certs {
			pem.Encode(&chain, &pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}) //nolint:errcheck // a Buffer takes all
		}
		cred, err := tlsengine.CredentialFromPEM(chain.Bytes(), keyPEM)
		if err == nil {
			return cred, nil
		}
		failure = err
	}
	return nil, fault.InputError("key", "%s: %v", certFile, failure)
}

// readPKCS12 reads certificates and keys.
func readPKCS12(b, password []byte) (*bags, error) {
	var p pfx
	var safe []byte
	if unmarshal(b, &p) != nil || !p.Safe.Type.Equal(oidData) || unmarshal(p.Safe.Content.Bytes, &safe) != nil {
		return nil, errPBE
	}
	if err := p.MAC.check(safe, password); err != nil {
		return nil, err
	}
	var list []contentInfo
	if err := unmarshal(safe, &list); err != nil {
		return nil, errPBE
	}
	found := &bags{}
	var rc2 error
	for _, c := range list {
		var content []byte
		var err error
		switch {
		case c.Type.Equal(oidData):
			err = unmarshal(c.Content.Bytes, &content)
		case c.Type.Equal(oidEncrypted):
			var e encryptedData
			if err = unmarshal(c.Content.Bytes, &e); err == nil {
				content, err = decrypt(e.Content.Algorithm, e.Content.Data, password)
			}
		default:
			err = errPBE
		}
		if err == nil {
			err = found.read(content, password)
		}
		if errors.Is(err, errRC2) {
			rc2, err = err, nil // if nothing else is wrong
		}
		if err != nil {
			return nil, err
		}
	}
	return found, rc2
}

// read takes the bags of a SafeContents.
func (f *bags) read(content, password []byte) error {
	var list []safeBag
	if err := unmarshal(content, &list); err != nil {
		return errPBE
	}
	for _, bag := range list {
		switch {
		case bag.ID.Equal(oidKeyBag):
			f.keys = append(f.keys, bag.Value.Bytes)
		case bag.ID.Equal(oidShrouded):
			key, err := decryptKey(bag.Value.Bytes, password)
			if err != nil {
				return err
			}
			f.keys = append(f.keys, key)
		case bag.ID.Equal(oidCertBag):
			var c certBag
			if err := unmarshal(bag.Value.Bytes, &c); err != nil {
				return errPBE
			}
			cert, err := x509.ParseCertificate(c.Data)
			if err != nil {
				return err
			}
			f.certs = append(f.certs, cert)
		}
	}
	return nil
}

// decryptKey opens an EncryptedPrivateKeyInfo: RFC 5958, Section 3.
func decryptKey(der, password []byte) ([]byte, error) {
	var e encryptedKey
	if err := unmarshal(der, &e); err != nil {
		return nil, errPBE
	}
	key, err := decrypt(e.Algorithm, e.Data, password)
	if err == nil && (len(key) == 0 || key[0] != 0x30) {
		err = errPassword
	}
	return key, err
}

// check holds the file to its MAC, where that is of a kind that is known: RFC
// 7292, Appendix A. What is encrypted tells a wrong password too.
func (m *macData) check(safe, password []byte) error {
	var newHash func() hash.Hash
	switch id := m.MAC.Algorithm.Algorithm; {
	case id.Equal(oid{1, 3, 14, 3, 2, 26}):
		newHash = sha1.New
	case id.Equal(oid{2, 16, 840, 1, 101, 3, 4, 2, 1}):
		newHash = sha256.New
	case id.Equal(oid{2, 16, 840, 1, 101, 3, 4, 2, 2}):
		newHash = sha512.New384
	case id.Equal(oid{2, 16, 840, 1, 101, 3, 4, 2, 3}):
		newHash = sha512.New
	default:
		return nil
	}
	if m.Iterations < 1 || m.Iterations > maxIterations {
		return errPBE
	}
	mac := hmac.New(newHash, kdf12(newHash, 3, bmp(password), m.Salt, m.Iterations, newHash().Size()))
	mac.Write(safe)
	if !hmac.Equal(mac.Sum(nil), m.MAC.Digest) {
		return errPassword
	}
	return nil
}

// oldPKCS12 reads files that are protected with RC2.
func oldPKCS12(b, password []byte) (*bags, error) {
	blocks, err := old.ToPEM(b, string(password))
	if errors.Is(err, old.ErrIncorrectPassword) {
		return nil, errPassword
	} else if err != nil {
		return nil, err
	}
	found := &bags{}
	for _, block := range blocks {
		if block.Type == "CERTIFICATE" {
			cert, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, err
			}
			found.certs = append(found.certs, cert)
			continue
		}
		key, err := pkcs8Of(block.Bytes)
		if err != nil {
			return nil, err
		}
		found.keys = append(found.keys, key)
	}
	return found, nil
}

// pkcs8Of wraps a key of PKCS #1 or SEC 1.
func pkcs8Of(der []byte) ([]byte, error) {
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return x509.MarshalPKCS8PrivateKey(key)
	}
	key, err := x509.ParseECPrivateKey(der)
	if err != nil {
		return nil, errPBE
	}
	return x509.MarshalPKCS8PrivateKey(key)
}

// decryptPEM opens the first key of a file.
func decryptPEM(name string, b, password []byte) ([]byte, error) {
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		var err error
		var der []byte
		kind := block.Type
		switch {
		case block.Type == "ENCRYPTED PRIVATE KEY":
			kind = "PRIVATE KEY"
			der, err = decryptKey(block.Bytes, password)
		case block.Headers["DEK-Info"] != "":
			//lint:ignore SA1019 it is what people have in their files
			if der, err = x509.DecryptPEMBlock(block, password); errors.Is(err, x509.IncorrectPasswordError) {
				err = errPassword
			}
		default:
			continue
		}
		if err != nil {
			return nil, fault.InputError("key", "%s: the key is encrypted: %v", name, err)
		}
		return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), nil
	}
	return nil, fault.InputError("key", "%s holds no encrypted key", name)
}
