package pki

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
)

// TLSA is the data of a TLSA record: RFC 6698, Section 2.1.
type TLSA struct {
	Usage    uint8 // 0 PKIX-TA, 1 PKIX-EE, 2 DANE-TA, 3 DANE-EE: RFC 7218
	Selector uint8 // 0 the certificate, 1 its key
	Matching uint8 // 0 all of it, 1 SHA-256, 2 SHA-512
	Data     []byte
}

// The usages.
const (
	pkixTA = iota
	pkixEE
	daneTA
	daneEE
)

// codeTLSA is a chain that fits no record.
const codeTLSA = "verify.tlsa"

// ParseTLSA reads "U S M HEX", with the numbers of RFC 6698 or the names of
// RFC 7218.
func ParseTLSA(s string) (t TLSA, err error) {
	words := strings.Fields(s)
	if len(words) < 4 {
		return t, fault.UsageError("value", "want 'USAGE SELECTOR MATCHING HEX', as in '3 1 1 …'")
	}
	names := [3][]string{{"PKIX-TA", "PKIX-EE", "DANE-TA", "DANE-EE"}, {"Cert", "SPKI"}, {"Full", "SHA2-256", "SHA2-512"}}
	for i, to := range []*uint8{&t.Usage, &t.Selector, &t.Matching} {
		n, err := strconv.ParseUint(words[i], 10, 8)
		if at := slices.IndexFunc(names[i], func(name string) bool { return strings.EqualFold(name, words[i]) }); at >= 0 {
			n, err = uint64(at), nil
		}
		if err != nil || n >= uint64(len(names[i])) {
			return t, fault.UsageError("value", "%q is not among %s", words[i], strings.Join(names[i], ", "))
		}
		*to = uint8(n)
	}
	if t.Data, err = hex.DecodeString(strings.Join(words[3:], "")); err != nil || len(t.Data) == 0 {
		return t, fault.UsageError("value", "%q is not in hex", strings.Join(words[3:], ""))
	}
	if size := map[uint8]int{1: sha256.Size, 2: sha512.Size}[t.Matching]; size != 0 && len(t.Data) != size {
		return t, fault.UsageError("value", "the hash has %s, want %d", text.Plural(len(t.Data), "byte"), size)
	}
	return t, nil
}

// String is the record's data in numbers.
func (t *TLSA) String() string {
	return fmt.Sprintf("%d %d %d %x", t.Usage, t.Selector, t.Matching, t.Data)
}

// matches reports whether the record is about a certificate.
func (t *TLSA) matches(cert *x509.Certificate) bool {
	b := cert.Raw
	if t.Selector == 1 {
		b = cert.RawSubjectPublicKeyInfo
	}
	switch t.Matching {
	case 1:
		sum := sha256.Sum256(b)
		b = sum[:]
	case 2:
		sum := sha512.Sum512(b)
		b = sum[:]
	}
	return bytes.Equal(b, t.Data)
}

// tlsa holds the chain to the records: one that fits is enough, and what those
// of DANE-TA and DANE-EE say goes before what anybody else is trusted with.
//
// "a TLSA record that has certificate usage DANE-EE(3) … the expiration date of
// the server certificate MUST be ignored: the validity period of the TLSA
// record key binding is determined by the validity period of the TLSA record
// DNSSEC signature." RFC 7671, Section 5.1; names need not match either.
func (c *Check) tlsa(v *Verdict) {
	if len(c.TLSA) == 0 {
		return
	}
	for i := range c.TLSA {
		if c.fits(&c.TLSA[i], v) {
			return
		}
	}
	leaf := TLSA{Usage: daneEE, Selector: 1, Matching: 1, Data: nil}
	sum := sha256.Sum256(v.Chain[0].RawSubjectPublicKeyInfo)
	leaf.Data = sum[:]
	v.problem(codeTLSA, 0, errors.New("no TLSA record fits"), "", "no TLSA record fits the chain; the first key's is %s", leaf.String())
}

// fits reports whether a record vouches for the chain, and if so makes the
// verdict say it.
func (c *Check) fits(t *TLSA, v *Verdict) bool {
	leaf := v.Chain[0]
	switch t.Usage {
	case pkixEE:
		return v.OK() && t.matches(leaf)
	case pkixTA:
		return v.OK() && len(v.Path) > 1 && slices.ContainsFunc(v.Path[1:], t.matches)
	case daneEE:
		if !t.matches(leaf) {
			return false
		}
		v.Problems, v.Path, v.Root = nil, v.Chain[:1], "a TLSA record"
		return true
	}
	return c.below(t, v)
}

// below looks for a path to a certificate that a DANE-TA record names: one of
// those that were sent, or that the record has whole.
func (c *Check) below(t *TLSA, v *Verdict) bool {
	anchors := v.Chain[1:]
	if whole, err := x509.ParseCertificate(t.Data); err == nil && t.Matching == 0 && t.Selector == 0 {
		anchors = append(slices.Clone(anchors), whole)
	}
	for _, anchor := range anchors {
		if !t.matches(anchor) {
			continue
		}
		own := Check{Trust: &Trust{pool: x509.NewCertPool(), own: map[string]string{string(anchor.Raw): "a TLSA record"}}, Name: c.Name, Usage: c.Usage, Now: c.Now}
		own.Trust.pool.AddCert(anchor)
		var chain [][]byte
		for _, cert := range v.Chain {
			chain = append(chain, cert.Raw)
		}
		if other := own.Judge(chain); other.OK() {
			v.Problems, v.Path, v.Root = nil, other.Path, other.Root
			return true
		}
	}
	return false
}
