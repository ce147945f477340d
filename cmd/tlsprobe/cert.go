package main

import (
	"crypto/x509"
	"os"
	"strings"
	"time"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
)

const certHelp = `
The certificates of a server, as it sends them, or those of a file (PEM or DER;
- is stdin). A server's chain is verified as connect does it. Those of a file
are held to the time only, unless --ca-file, --ca-dir or --verify-name ask for
more. What is not good is exit code 1.

  tlsprobe cert example.com
  tlsprobe cert example.com --warn 14 -q      exit code 1 two weeks before the end
  tlsprobe cert example.com --field days_left
  tlsprobe cert server.pem --text

Fields: ` + certFieldNames + `.
`

// cert is the command of that name.
type cert struct {
	peerFlags
	warn   int
	pem    bool
	out    string
	text   bool
	fields []string
}

func (c *cert) flags(s *flags.Set) {
	c.warn = -1
	s.Int(&c.warn, "warn", 0, 100000, "exit code 1 if the first certificate has fewer days left")
	s.Switch(&c.pem, "pem", "print the certificates in PEM and nothing else")
	s.String(&c.out, "out", "DIR", "save the certificates in DIR")
	s.Switch(&c.text, "text", "every byte of each certificate, explained")
	s.Add(&flags.Flag{Name: "field", Arg: "NAME", Help: "print one value of the first certificate, bare; may be given again", Choices: strings.Split(certFieldNames, " "),
		Set: func(v string) error {
			if certFields[v] == nil {
				return fault.UsageError("value", "want one of %s", certFieldNames)
			}
			c.fields = append(c.fields, v)
			return nil
		}})
	addTargets(s, &c.targets)
	c.peerFlags.flags(s, 15*time.Second)
}

func (c *cert) list() string { return c.targets }

func (c *cert) alone() string {
	if c.out != "" {
		return "--out"
	}
	return ""
}

// oneForm refuses two forms of the answer.
func (c *cert) oneForm(p *probe) error {
	var given []string
	for _, f := range []struct {
		name  string
		given bool
	}{{"--json", p.json}, {"--pem", c.pem}, {"--text", c.text}, {"--field", len(c.fields) > 0}} {
		if f.given {
			given = append(given, f.name)
		}
	}
	if len(given) > 1 {
		return fault.UsageError("conflict", "%s and %s are two forms of the answer", given[0], given[1])
	}
	return nil
}

func (c *cert) run(p *probe, args []string) error {
	if err := c.oneForm(p); err != nil {
		return err
	}
	if len(args) == 1 && isFile(args[0]) {
		return c.file(p, args[0])
	}
	c.offer.Foreign = true
	if err := c.prepare(p, "cert", args); err != nil {
		if len(args) == 1 && strings.ContainsAny(args[0], "/\\") {
			return fault.InputError("file", "%s: no such file, and no target either", args[0])
		}
		return err
	}
	if err := c.target.MustBeBare(); err != nil {
		return err
	}
	return c.server(p)
}

// isFile reports whether an argument names a file, or stdin.
func isFile(arg string) bool {
	if arg == "-" {
		return true
	}
	info, err := os.Stat(arg)
	return err == nil && !info.IsDir()
}

// server shows what a server sends.
func (c *cert) server(p *probe) error {
	enforce := !c.noVerify
	c.noVerify = true // the verdict is for the report; nothing is sent
	l, err := c.open(p, nil, nil)
	if l == nil {
		return err
	}
	defer l.close()
	if err == nil {
		err = l.finish()
	}
	if l.tls.Verdict == nil {
		return fault.Of(err).For(c.target.Input)
	}
	if !interrupted(err) {
		err = nil // the certificate is here
	}
	rep := c.report(p, l.tls.Verdict, enforce)
	t := report.TargetOf(c.target, l.conn.Address, l.sni)
	rep.Target = &t
	rep.SetStaple(l.tls.State().PeerStaple)
	return c.conclude(p, rep, c.target.Input, err)
}

// file shows what a file holds.
func (c *cert) file(p *probe, name string) error {
	if err := c.trust.Load(); err != nil {
		return err
	}
	certs, err := c.read(p, name)
	if err != nil {
		return err
	}
	check := pki.Check{Trust: &c.trust, Name: c.verifyName, Usage: x509.ExtKeyUsageAny, Now: c.trust.Time(p.now()), Pins: c.pins, TLSA: c.tlsa}
	var chain [][]byte
	for _, cert := range certs {
		chain = append(chain, cert.Raw)
	}
	check.TimeOnly = !c.trust.Asked() && c.verifyName == ""
	rep := c.report(p, check.Judge(chain), !c.noVerify)
	rep.File = &name
	return c.conclude(p, rep, name, nil)
}

func (c *cert) read(p *probe, name string) ([]*x509.Certificate, error) {
	if name != "-" {
		return pki.Certificates(name)
	}
	b, err := p.readStdin(16 << 20)
	if err != nil {
		return nil, err
	}
	return pki.ParseCertificates("stdin", b)
}

func (c *cert) report(p *probe, v *pki.Verdict, enforced bool) *report.Cert {
	rep := &report.Cert{Schema: "tlsprobe.cert/1", Tool: report.ThisTool(), Complete: true}
	rep.SetVerdict(v, enforced, c.trust.Time(p.now()))
	return rep
}

// conclude prints, and says by its error whether all is well. The error that it
// gets is that the user ended it.
func (c *cert) conclude(p *probe, rep *report.Cert, about string, end error) error {
	var f *fault.Fault
	refusal := rep.Verdict.Refusal(rep.Verification.Enforced)
	switch leaf := rep.Verdict.Chain; {
	case end != nil:
		f = fault.Of(end)
	case refusal != nil:
		f = refusal.Fault()
	case c.warn >= 0 && len(leaf) > 0 && rep.Verdict.DaysLeft < c.warn:
		f = fault.New(fault.CheckFailed, "verify.expiring", "verify", "certificate has %s, fewer than %d", report.Left(rep.Verdict.DaysLeft), c.warn)
	}
	if f != nil {
		rep.Fail(f.For(about))
	}
	if c.out != "" {
		if err := saveCerts(c.out, rep.Verdict); err != nil {
			return err
		}
	}
	if err := c.print(p, rep); err != nil {
		return err
	}
	if f != nil {
		f.Reported = true
		return f
	}
	return nil
}

func (c *cert) print(p *probe, rep *report.Cert) error {
	switch {
	case p.json:
		return p.answerJSON(rep)
	case len(rep.Certificates) == 0:
		return nil
	case len(c.fields) > 0:
		return p.answerText(c.values(rep))
	case c.pem:
		var b strings.Builder
		for i := range rep.Certificates {
			b.WriteString(rep.Certificates[i].PEM)
		}
		return p.answerText(b.String())
	case p.quiet && c.warn >= 0:
		return nil
	}
	answer := rep.Text(p.style())
	if c.text {
		answer += rep.Dump(p.style())
	}
	return p.answerText(answer)
}

// values are the bare values of --field.
func (c *cert) values(rep *report.Cert) string {
	var b strings.Builder
	for _, name := range c.fields {
		b.WriteString(certFields[name](&rep.Certificates[0]) + "\n")
	}
	return b.String()
}
