package pki

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
)

// Problem is one reason why a chain is not good.
type Problem struct {
	Code    string `json:"code"` // verify.expired, …
	Message string `json:"message"`
	Cert    int    `json:"cert"` // which certificate, as they were sent

	err  error // of crypto/x509, for the alert
	hint string
}

// Verdict is what verification said. Several things may be wrong at once.
type Verdict struct {
	Name     string              // that the leaf had to be for
	Chain    []*x509.Certificate // as sent
	Path     []*x509.Certificate // verified, the root last; nil if there is none
	Root     string              // where the root came from
	Problems []Problem
	DaysLeft int // of the leaf
}

// OK reports whether nothing is wrong.
func (v *Verdict) OK() bool { return len(v.Problems) == 0 }

// Refusal is the problem that ends the connection, nil if none does: the first
// one, or if the verdict is not enforced, that no pinned key is there or no TLSA
// record fits. Both are asked for by name, and hold whatever else is let pass.
func (v *Verdict) Refusal(enforced bool) *Problem {
	for i := range v.Problems {
		if p := &v.Problems[i]; enforced || p.Code == codePin || p.Code == codeTLSA {
			return p
		}
	}
	return nil
}

const codePin = "verify.pin"

// Err is for the engine: what refuses the peer, with the alert that fits.
func (p *Problem) Err() error { return p.err }

// Fault is for the user.
func (p *Problem) Fault() *fault.Fault {
	f := fault.New(fault.CheckFailed, p.Code, "verify", "certificate not valid: %s", p.Message)
	f.Hint = p.hint
	return f
}

// Check is what a chain is held to.
type Check struct {
	Trust *Trust
	Name  string // "" for none
	Usage x509.ExtKeyUsage
	Now   time.Time
	Pins  []Pin
	TLSA  []TLSA // of the server, as DNSSEC proved them: RFC 6698

	TimeOnly bool // no path is looked for
}

// Judge verifies a chain as it was sent, the leaf first.
func (c *Check) Judge(chain [][]byte) *Verdict {
	v := &Verdict{Name: c.Name}
	for i, der := range chain {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			v.problem("verify.malformed", i, err, "", "certificate %d does not parse: %v", i, err)
			return v
		}
		v.Chain = append(v.Chain, cert)
	}
	if len(v.Chain) == 0 {
		v.problem("verify.no_certificate", 0, errors.New("no certificate"), "", "the peer has no certificate")
		return v
	}
	v.DaysLeft = Days(c.Now, v.Chain[0].NotAfter)
	c.times(v)
	c.name(v)
	if !c.TimeOnly {
		c.path(v)
	}
	c.tlsa(v)
	c.pins(v)
	return v
}

// Days are the whole days from one time to another; negative when it is past.
func Days(from, to time.Time) int {
	d := to.Sub(from)
	if d < 0 {
		return -int((-d + 24*time.Hour - 1) / (24 * time.Hour))
	}
	return int(d / (24 * time.Hour))
}

func (v *Verdict) problem(code string, cert int, err error, hint, format string, args ...any) {
	v.Problems = append(v.Problems, Problem{Code: code, Message: fmt.Sprintf(format, args...), Cert: cert, err: err, hint: hint})
}

const clockHint = "the clock may be wrong; --at verifies as of another time"

// times looks at the leaf's validity; that of the rest is the path's business.
func (c *Check) times(v *Verdict) {
	leaf := v.Chain[0]
	expired := x509.CertificateInvalidError{Cert: leaf, Reason: x509.Expired}
	switch {
	case c.Now.After(leaf.NotAfter):
		v.problem("verify.expired", 0, expired, "", "it expired on %s, %s ago", date(leaf.NotAfter), text.Plural(-v.DaysLeft, "day"))
	case c.Now.Before(leaf.NotBefore):
		v.problem("verify.not_yet_valid", 0, expired, clockHint,
			"it is valid from %s, and now it is %s", leaf.NotBefore.UTC().Format(time.RFC3339), c.Now.UTC().Format(time.RFC3339))
	}
}

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func (c *Check) name(v *Verdict) {
	if c.Name == "" {
		return
	}
	if err := v.Chain[0].VerifyHostname(c.Name); err != nil {
		names := Names(v.Chain[0])
		for i := range names {
			names[i] = text.Clean(names[i])
		}
		has := "it has no names"
		if len(names) > 0 {
			has = "it is for " + strings.Join(names[:min(len(names), 5)], ", ")
			if len(names) > 5 {
				has += fmt.Sprintf(" and %d more", len(names)-5)
			}
		}
		v.problem("verify.name", 0, err, "--verify-name checks for another name, --sni asks for one", "not for %s: %s", text.Clean(c.Name), has)
	}
}

// path looks for a path to a root. If the leaf is outside its time, that is
// said already, and the path is looked for within it.
func (c *Check) path(v *Verdict) {
	leaf := v.Chain[0]
	opts := x509.VerifyOptions{
		Roots: c.Trust.pool, Intermediates: x509.NewCertPool(), CurrentTime: c.Now, KeyUsages: []x509.ExtKeyUsage{c.Usage},
	}
	if c.Now.After(leaf.NotAfter) {
		opts.CurrentTime = leaf.NotAfter.Add(-time.Second)
	} else if c.Now.Before(leaf.NotBefore) {
		opts.CurrentTime = leaf.NotBefore.Add(time.Second)
	}
	for _, cert := range v.Chain[1:] {
		opts.Intermediates.AddCert(cert)
	}
	paths, err := leaf.Verify(opts)
	if err != nil {
		c.pathProblem(v, err)
		return
	}
	v.Path = paths[0]
	v.Root = c.Trust.source(v.Path[len(v.Path)-1])
}

func (c *Check) pathProblem(v *Verdict, err error) {
	leaf := v.Chain[0]
	last := v.Chain[len(v.Chain)-1]
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	const trust = "--ca-file trusts its issuer, --no-verify goes on without verification"
	switch {
	case errors.As(err, &unknown) && selfSigned(leaf):
		v.problem("verify.self_signed", 0, err, trust, "self-signed, and not trusted")
	case errors.As(err, &unknown):
		v.problem("verify.unknown_issuer", len(v.Chain)-1, err, trust, "no path to a trusted root; the chain ends with an issuer that is not trusted, %s", text.Clean(last.Issuer.String()))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && c.Now.Before(invalid.Cert.NotBefore):
		v.problem("verify.not_yet_valid", v.index(invalid.Cert), err, clockHint, "a certificate above it is valid from %s, and now it is %s: %s",
			invalid.Cert.NotBefore.UTC().Format(time.RFC3339), c.Now.UTC().Format(time.RFC3339), text.Clean(invalid.Cert.Subject.String()))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		v.problem("verify.expired", v.index(invalid.Cert), err, "", "a certificate above it is outside its time: %s", text.Clean(invalid.Cert.Subject.String()))
	case errors.As(err, &invalid) && invalid.Reason == x509.IncompatibleUsage:
		v.problem("verify.usage", 0, err, "", "not for this use")
	default:
		v.problem("verify.invalid", 0, err, "", "%s", text.Clean(strings.TrimPrefix(err.Error(), "x509: ")))
	}
}

func (v *Verdict) index(cert *x509.Certificate) int {
	return max(0, slices.IndexFunc(v.Chain, cert.Equal))
}

func selfSigned(cert *x509.Certificate) bool {
	return string(cert.RawIssuer) == string(cert.RawSubject)
}

// Pin is the SHA-256 of a public key that must be in the chain.
type Pin [sha256.Size]byte

// ParsePin reads sha256/BASE64, or with two slashes, as curl writes it.
func ParsePin(s string) (Pin, error) {
	const letters = 44
	b64, ok := strings.CutPrefix(s, "sha256/")
	if len(b64) == letters+1 {
		b64 = strings.TrimPrefix(b64, "/")
	}
	b, err := base64.StdEncoding.DecodeString(b64)
	if !ok || err != nil || len(b) != sha256.Size {
		return Pin{}, fault.UsageError("value", "want sha256/ and %d letters of base64", letters)
	}
	return Pin(b), nil
}

// PinOf is the pin of a certificate's key.
func PinOf(cert *x509.Certificate) Pin { return sha256.Sum256(cert.RawSubjectPublicKeyInfo) }

// String is the form that ParsePin reads.
func (p Pin) String() string { return "sha256/" + base64.StdEncoding.EncodeToString(p[:]) }

// pins holds the chain to the pins: one of them is enough. Where there is no
// path to a root, only the key of the first certificate counts, which the peer
// has proved to have; anybody can send the others along.
func (c *Check) pins(v *Verdict) {
	if len(c.Pins) == 0 {
		return
	}
	proved := v.Path
	if proved == nil {
		proved = v.Chain[:1]
	}
	for _, cert := range proved {
		if slices.Contains(c.Pins, PinOf(cert)) {
			return
		}
	}
	v.problem(codePin, 0, errors.New("no pinned key in the chain"), "", "no key of the chain is pinned; the leaf's is %s", PinOf(v.Chain[0]))
}

// Names are the names and addresses that a certificate is for.
func Names(cert *x509.Certificate) []string {
	names := append([]string{}, cert.DNSNames...)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	for _, uri := range cert.URIs {
		names = append(names, uri.String())
	}
	return append(names, cert.EmailAddresses...)
}
