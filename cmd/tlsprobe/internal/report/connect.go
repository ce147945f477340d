package report

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/target"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/trace"
)

// Connect is the report of one connection: tlsprobe.connect/1.
type Connect struct {
	Schema       string        `json:"schema"`
	Tool         Tool          `json:"tool"`
	Target       Target        `json:"target"`
	Exit         int           `json:"exit"`
	Complete     bool          `json:"complete"` // false when the user ended it
	Error        *ErrorObject  `json:"error,omitempty"`
	Timing       Timing        `json:"timing"`
	Result       Result        `json:"result"`
	Verification Verification  `json:"verification"`
	Certificates []Certificate `json:"certificates"`
	Bytes        Bytes         `json:"bytes"`
	Exporter     *Exporter     `json:"exporter,omitempty"`
	KeyUpdate    string        `json:"key_update,omitempty"` // both, own or none
	Reply        *Reply        `json:"reply,omitempty"`
	Second       *Second       `json:"second,omitempty"`
	Why          *Why          `json:"why,omitempty"`

	Verdict *pki.Verdict `json:"-"`
}

// Target is what was connected to.
type Target struct {
	Input     string  `json:"input"`
	Host      string  `json:"host"`
	Port      int     `json:"port"`
	Address   string  `json:"address"`
	SNI       *string `json:"sni"`
	StartTLS  *string `json:"starttls"`
	Proxy     *string `json:"proxy"`
	Transport string  `json:"transport"`
}

// TargetOf describes a target that was reached at the address.
func TargetOf(t *target.Target, address, sni string) Target {
	out := Target{Input: t.Input, Host: t.Host, Port: t.Port, Address: address, Transport: "tcp"}
	if t.Unix != "" {
		out.Host, out.Transport = t.Unix, "unix"
	}
	if sni != "" {
		out.SNI = &sni
	}
	if t.StartTLS != "" {
		out.StartTLS = &t.StartTLS
	}
	if t.Proxy != "" {
		out.Proxy = &t.Proxy
	}
	return out
}

// both is the target as it was written, and the ASCII form of an international
// name.
func (t *Target) both() string {
	name := text.Clean(t.Input)
	if strings.HasPrefix(t.Host, "xn--") || strings.Contains(t.Host, ".xn--") {
		if !strings.Contains(strings.ToLower(t.Input), t.Host) {
			name += " (" + t.Host + ")"
		}
	}
	return name
}

// Timing is how long things took, in microseconds.
type Timing struct {
	DNS        int64 `json:"dns_us"`
	Connect    int64 `json:"connect_us"`
	StartTLS   int64 `json:"starttls_us"`
	Handshake  int64 `json:"handshake_us"`
	Total      int64 `json:"total_us"`
	RoundTrips int   `json:"round_trips"`
}

// Verification is what became of the peer's chain.
type Verification struct {
	OK       bool          `json:"ok"`
	Enforced bool          `json:"enforced"`
	Errors   []pki.Problem `json:"errors"`
	Chain    []int         `json:"chain"` // the verified path, into certificates
	Name     string        `json:"name"`
	Root     *string       `json:"root"` // subject of the anchor
}

// Bytes is what went over the wire.
type Bytes struct {
	In  int64 `json:"in"`
	Out int64 `json:"out"`
}

// Exporter is exported keying material.
type Exporter struct {
	Label  string `json:"label"`
	Length int    `json:"length"`
	Value  string `json:"value,omitempty"`     // up to 64 bytes, in hex
	Long   []byte `json:"value_b64,omitempty"` // more
}

// ExporterOf is keying material that was exported.
func ExporterOf(label string, value []byte) *Exporter {
	e := &Exporter{Label: label, Length: len(value)}
	if len(value) > trace.MaxHex {
		e.Long = value
	} else {
		e.Value = hex.EncodeToString(value)
	}
	return e
}

// Text is the value in hex.
func (e *Exporter) Text() string {
	if e.Long != nil {
		return hex.EncodeToString(e.Long)
	}
	return e.Value
}

// Reply is what the peer said to what was sent.
type Reply struct {
	Length    int    `json:"length"`
	Truncated bool   `json:"truncated"` // --max-reply left something out
	End       string `json:"end"`       // close_notify; cut: the transport ended without it; open: nothing more came
	Bytes     []byte `json:"data_b64"`
}

// Second is the connection that resumed the first.
type Second struct {
	Timing Timing `json:"timing"`
	Result Result `json:"result"`
	Bytes  Bytes  `json:"bytes"`
}

// Why is the cause of a failed handshake, as far as more connections could
// find it.
type Why struct {
	Cause  string `json:"cause"` // version, suites, …; unknown
	Detail string `json:"detail"`
	Probes int    `json:"probes"`
}

// SetVerdict puts what verification said into the report.
func (c *Connect) SetVerdict(v *pki.Verdict, enforced bool, now time.Time) {
	c.Certificates = []Certificate{}
	c.Verification = Verification{Enforced: enforced, Errors: []pki.Problem{}, Chain: []int{}}
	if v == nil {
		return
	}
	c.Verdict = v
	c.Certificates = CertificatesOf(v.Chain, now)
	c.Verification.OK, c.Verification.Name = v.OK(), v.Name
	c.Verification.Errors = append(c.Verification.Errors, v.Problems...)
	for _, cert := range v.Path {
		for i, sent := range v.Chain {
			if cert.Equal(sent) {
				c.Verification.Chain = append(c.Verification.Chain, i)
			}
		}
	}
	if v.Path != nil {
		root := v.Path[len(v.Path)-1].Subject.String()
		c.Verification.Root = &root
	}
}

// Fail puts a fault into the report.
func (c *Connect) Fail(f *fault.Fault) {
	c.Exit, c.Complete = f.Exit, f.Exit != fault.Interrupted
	o := ObjectOf(f)
	c.Error = &o
}

// Text is the report for people.
func (c *Connect) Text(s text.Style) string {
	var b strings.Builder
	if c.Result.Version != nil || !c.Complete {
		fmt.Fprintf(&b, "%s  %s  %s\n\n", s.Bold(c.Target.both()), c.Target.Address, c.Timing.text())
		c.facts(&b)
		c.certificates(&b, s)
	}
	if c.Second != nil {
		fmt.Fprintf(&b, "\n%s  %s\n\n", s.Bold("second connection"), c.Second.Timing.text())
		var rows Rows
		rows.Facts(&c.Second.Result)
		rows.Add("record sizes", c.Second.Bytes.text(), "", "")
		b.WriteString(rows.String())
	}
	if c.Why != nil {
		fmt.Fprintf(&b, "%s   %s\n", s.Bold("why"), c.Why.Detail)
	}
	return b.String()
}

func (c *Connect) facts(b *strings.Builder) {
	var rows Rows
	if !c.Complete {
		rows.Add("INCOMPLETE", c.Error.Message, "", "")
	}
	rows.Facts(&c.Result)
	if c.KeyUpdate != "" {
		rows.Add("key update", updates[c.KeyUpdate], "", "")
	}
	if c.Exporter != nil {
		rows.Add("exporter", c.Exporter.Text(), "", text.Clean(c.Exporter.Label))
	}
	if c.Result.Version != nil {
		rows.Add("ECH", "not offered", "", "") // the engine has none
	}
	rows.Add("record sizes", c.Bytes.text(), "", "")
	b.WriteString(rows.String())
}

// updates are the words for KeyUpdate.
var updates = map[string]string{
	"both": "both directions", "own": "sent; the peer changes its keys before it next sends", "none": "not in this version",
}

func (n Bytes) text() string {
	return fmt.Sprintf("in %s B, out %s B", text.Count(n.In), text.Count(n.Out))
}

func (t Timing) text() string {
	words := []string{"tcp " + took(t.Connect), "tls " + took(t.Handshake), text.Plural(t.RoundTrips, "round trip")}
	if t.StartTLS > 0 {
		words = slices.Insert(words, 1, "before tls "+took(t.StartTLS))
	}
	if t.DNS >= 50 { // an address is looked up in no time
		words = append([]string{"dns " + took(t.DNS)}, words...)
	}
	return strings.Join(words, "  ")
}

func took(us int64) string { return text.Took(time.Duration(us) * time.Microsecond) }

// certificates writes what the peer proved itself with.
func (c *Connect) certificates(b *strings.Builder, s text.Style) {
	v := c.Verdict
	if v == nil || len(v.Chain) == 0 {
		return
	}
	head := s.Good("valid") + ", " + Left(v.DaysLeft)
	if v.Path == nil {
		head = s.Good("in its time") + ", " + Left(v.DaysLeft)
	}
	if !v.OK() {
		head = s.Bad("NOT VALID")
		if !c.Verification.Enforced {
			head += " (--no-verify)"
		}
	}
	fmt.Fprintf(b, "\n  certificate   %s\n", head)
	for _, p := range v.Problems {
		fmt.Fprintf(b, "    %s  %s\n", s.Bad("✗"), p.Message)
	}
	chain(b, v)
}

// Left says how many days are left.
func Left(days int) string {
	if days < 0 {
		return text.Plural(-days, "day") + " over"
	}
	return text.Plural(days, "day") + " left"
}
