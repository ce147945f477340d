package report

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/dissect"
	"github.com/tlsengine/tlsengine/trace"
)

// Cert is the report on certificates: tlsprobe.cert/1.
type Cert struct {
	Schema       string        `json:"schema"`
	Tool         Tool          `json:"tool"`
	Target       *Target       `json:"target"`
	File         *string       `json:"file"`
	Exit         int           `json:"exit"`
	Complete     bool          `json:"complete"` // false when the user ended it
	Error        *ErrorObject  `json:"error,omitempty"`
	Verification Verification  `json:"verification"`
	Certificates []Certificate `json:"certificates"`
	TLSA         *string       `json:"tlsa"` // a DNS record for the first key
	OCSP         *Staple       `json:"ocsp"`
	SCTs         []SCT         `json:"scts"` // in the first certificate

	Verdict *pki.Verdict `json:"-"`
}

// SetVerdict puts the certificates and what verification said into the report.
func (c *Cert) SetVerdict(v *pki.Verdict, enforced bool, now time.Time) {
	var shared Connect
	shared.SetVerdict(v, enforced, now)
	c.Verdict, c.Verification, c.Certificates = v, shared.Verification, shared.Certificates
	c.SCTs = []SCT{}
	if len(c.Certificates) > 0 {
		tlsa := c.Certificates[0].TLSA()
		c.TLSA, c.SCTs = &tlsa, SCTsOf(v.Chain[0])
	}
}

// SetStaple notes a stapled OCSP response.
func (c *Cert) SetStaple(response []byte) {
	c.OCSP = StapleOf(response, c.Verdict.Chain, c.Verdict.Path)
}

// Fail puts a fault into the report.
func (c *Cert) Fail(f *fault.Fault) {
	c.Exit, c.Complete = f.Exit, f.Exit != fault.Interrupted
	o := ObjectOf(f)
	c.Error = &o
}

// Pin is the certificate's key in the form that --pin takes.
func (c *Certificate) Pin() string {
	b, _ := hex.DecodeString(c.SPKI) //nolint:errcheck // we made it
	return "sha256/" + base64.StdEncoding.EncodeToString(b)
}

// TLSA is the data of a DNS record that says: this key, whatever the
// certificate. RFC 6698, Section 2.1, with the names of RFC 7218: DANE-EE,
// SPKI, SHA2-256.
func (c *Certificate) TLSA() string { return "3 1 1 " + c.SPKI }

// String is "ECDSA P-256".
func (k Key) String() string {
	switch {
	case k.Curve != nil:
		return k.Type + " " + *k.Curve
	case k.Type == "RSA":
		return fmt.Sprintf("RSA %d", k.Bits)
	}
	return k.Type
}

// Text is the report for people.
func (c *Cert) Text(s text.Style) string {
	var b strings.Builder
	about := ""
	if c.Target != nil {
		about = s.Bold(c.Target.both()) + "  " + c.Target.Address
	} else if c.File != nil {
		about = s.Bold(text.Clean(*c.File))
	}
	b.WriteString(about + "\n")
	shared := Connect{Verdict: c.Verdict, Verification: c.Verification}
	shared.certificates(&b, s)
	first := &c.Certificates[0]
	var rows Rows
	if !c.Complete {
		rows.Add("INCOMPLETE", c.Error.Message, "", "")
	}
	rows.Add("serial", first.Serial, "", "")
	rows.Add("signature", first.Signature, "", "")
	rows.Add("SHA-256", first.SHA256, "", "")
	rows.Add("pin", first.Pin(), "", "")
	rows.Add("TLSA", first.TLSA(), "", "")
	rows.Add("timestamps", text.Plural(first.SCTs, "SCT")+" in it", "", "")
	for _, sct := range c.SCTs {
		rows.Add("", "log "+sct.LogID[:16]+"…", sct.Time.Format(time.RFC3339), "")
	}
	if c.Target != nil {
		staple := "none"
		if c.OCSP != nil {
			staple = c.OCSP.Text()
		}
		rows.Add("OCSP staple", staple, "", "")
	}
	b.WriteString("\n" + rows.String())
	return b.String()
}

// Dump is every byte of each certificate.
func (c *Cert) Dump(s text.Style) string {
	var b strings.Builder
	for i, cert := range c.Verdict.Chain {
		fmt.Fprintf(&b, "\n%s\n", s.Bold(fmt.Sprintf("certificate %d", i)))
		tree := dissect.Certificate(cert.Raw)
		trace.TextTree(&b, &tree, cert.Raw, trace.TextOptions{Color: s.Color, ASCII: s.ASCII}) //nolint:errcheck // a Builder takes all
	}
	return b.String()
}
