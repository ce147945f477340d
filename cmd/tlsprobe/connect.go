package main

import (
	"crypto/x509"
	"net/netip"
	"time"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/dial"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/offer"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/seed"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/target"
)

const connectHelp = `
One full handshake, a report, and a proper end. The certificate is verified
against the roots of the system, and of --ca-file; if it is not good, the
report says why and the exit code is 1. No data is ever sent to a peer that was
not verified, without --no-verify.

  tlsprobe connect example.com
  tlsprobe connect localhost:8443 --ca-file ca.pem --resume
  tlsprobe connect localhost:8443 --no-verify --get /
  tlsprobe connect localhost:8443 --pin sha256/… -i
  tlsprobe connect example.com --max-version 1.2 --why
  tlsprobe connect smtp://mail.example.com
  tlsprobe connect --targets hosts.txt --jsonl
`

// peerFlags are the flags of commands that connect to a target: where, what is
// offered, whom to trust, and who we are.
type peerFlags struct {
	dial       dial.Dialer
	offer      offer.Offer
	trust      pki.Trust
	seed       seed.Seed
	sni        string
	noSNI      bool
	verifyName string
	noVerify   bool
	pins       []pki.Pin
	tlsa       []pki.TLSA
	cert, key  string
	keyPass    string
	keylog     string
	traced     bool // connections are recorded
	linger     time.Duration
	targets    string // a file with more of them

	target      *target.Target
	credentials []*tlsengine.Credential
	deadline    time.Time     // of all connections; set by the first
	share       time.Duration // of it for one connection; 0 for what is left
}

func (f *peerFlags) flags(s *flags.Set, timeout time.Duration) {
	f.dial.Flags(s, timeout)
	f.offer.Flags(s)
	s.String(&f.sni, "sni", "NAME", "server name to send, and to verify unless --verify-name")
	s.Switch(&f.noSNI, "no-sni", "send no server name")
	f.trust.Flags(s)
	s.Switch(&f.noVerify, "no-verify", "go on with a certificate that is not good; --pin still holds")
	s.String(&f.verifyName, "verify-name", "NAME", "name that the certificate must be for")
	s.Add(&flags.Flag{Name: "pin", Arg: "PIN", Help: "sha256/BASE64 of a public key that the chain must have; may be given again",
		Set: func(v string) error {
			pin, err := pki.ParsePin(v)
			f.pins = append(f.pins, pin)
			return err
		}})
	s.Add(&flags.Flag{Name: "tlsa", Arg: "RECORD", Help: "'USAGE SELECTOR MATCHING HEX' of a TLSA record (DANE) that the chain must fit; may be given again",
		Set: func(v string) error {
			t, err := pki.ParseTLSA(v)
			f.tlsa = append(f.tlsa, t)
			return err
		}})
	s.File(&f.cert, "cert", "client certificate chain, PEM, or PKCS #12 with its key")
	s.File(&f.key, "key", "its private key, PEM")
	s.File(&f.keyPass, "key-pass-file", "the first line is the password of --key, or of a PKCS #12 file")
	s.File(&f.keylog, "keylog", "append the secrets to FILE, for Wireshark")
	addSeed(s, &f.seed)
}

// prepare checks the flags and reads the files that they name, before anything
// is sent.
func (f *peerFlags) prepare(p *probe, command string, args []string) (err error) {
	if f.target, err = oneTarget(command, args); err != nil {
		return err
	}
	if err := f.dial.Check(); err != nil {
		return err
	}
	note, err := f.dial.Route(f.target, p.getenv)
	if err != nil {
		return err
	}
	if note != "" {
		p.say("tlsprobe: %s", note)
	}
	if name := dial.ALPN(f.target); name != "" && f.offer.ALPN == nil {
		f.offer.ALPN = []string{name}
	}
	f.dial.Judge = func(name string, chain [][]byte) error {
		check := pki.Check{Trust: &f.trust, Name: name, Usage: x509.ExtKeyUsageServerAuth, Now: f.trust.Time(p.now())}
		if refusal := check.Judge(chain).Refusal(true); refusal != nil {
			return refusal.Err()
		}
		return nil
	}
	if err := f.offer.Resolve(); err != nil {
		return err
	}
	for _, note := range f.offer.Notes {
		p.say("tlsprobe: note: %s", note)
	}
	if err := f.checkNames(); err != nil {
		return err
	}
	if _, verify := f.serverName(); verify == "" && !f.noVerify {
		return fault.UsageError("conflict", "a socket file has no name to verify").WithHint("--verify-name gives one, --no-verify goes on without")
	}
	if f.seed != nil && !f.target.Loopback() {
		return fault.UsageError("conflict", "--seed is for tests on this machine, and %s is not it", f.target.Host)
	}
	if f.seed != nil && f.target.Proxy != "" {
		return fault.UsageError("conflict", "--seed is for tests on this machine, and a proxy leads elsewhere")
	}
	if f.cert != "" || f.key != "" || f.keyPass != "" {
		cred, err := pki.Credential(f.cert, f.key, f.keyPass)
		if err != nil {
			return err
		}
		f.credentials = []*tlsengine.Credential{cred}
		for _, name := range []string{f.key, f.keyPass} {
			p.warnExposed(name)
		}
	}
	if _, err := p.keyLogFile(f.keylog); err != nil {
		return err
	}
	return f.trust.Load()
}

// warnExposed says that others may read a file with a secret in it.
func (p *probe) warnExposed(name string) {
	if name != "" && pki.Exposed(name) {
		p.say("tlsprobe: warning: others may read %s", name)
	}
}

func (f *peerFlags) checkNames() error {
	switch {
	case f.sni != "" && f.noSNI:
		return fault.UsageError("conflict", "--sni and --no-sni disagree")
	case f.sni != "":
		if _, err := netip.ParseAddr(f.sni); err == nil {
			return fault.UsageError("value", "--sni %s: a server name is never an IP address (RFC 6066)", f.sni)
		}
		ascii, err := target.ToASCII(f.sni)
		if err != nil {
			return fault.UsageError("value", "--sni: the name %v", err)
		}
		f.sni = ascii
	}
	return nil
}

// oneTarget is the target of a command that takes one.
func oneTarget(command string, args []string) (*target.Target, error) {
	switch len(args) {
	case 0:
		return nil, fault.UsageError("argument", "%s needs a target", command).WithHint("as in `tlsprobe %s example.com:443`", command)
	case 1:
		return target.Parse(args[0])
	}
	return nil, fault.UsageError("argument", "%s takes one target, got %q too", command, args[1])
}

// serverName is what is sent as server name, "" for none, and what the
// certificate must be for.
func (f *peerFlags) serverName() (sni, verify string) {
	verify = f.target.Host
	if !f.target.IsIP() && f.target.Unix == "" {
		sni = f.target.Host
	}
	if f.sni != "" {
		sni, verify = f.sni, f.sni
	}
	if f.noSNI {
		sni = ""
	}
	if f.verifyName != "" {
		verify = f.verifyName
	}
	return sni, verify
}

// connect is the command of that name.
type connect struct {
	peerFlags
	interactive bool
	send, get   string
	maxReply    int64
	resume      bool
	early       string
	sessionIn   string
	sessionOut  string
	keyUpdate   bool
	exporter    string
	certs       bool
	certsOut    string
	why         bool
	saveTrace   string

	earlyData []byte
	session   []byte
	request   []byte // what is sent
	export    exporterSpec
	others    []*link // connections behind the first
}

func (c *connect) flags(s *flags.Set) {
	c.maxReply = 1 << 20
	s.Switch(&c.interactive, "interactive", "stdin to the peer, the peer to stdout; the report goes to stderr").Short = "i"
	s.File(&c.send, "send", "send the bytes of FILE (- is stdin) and print the reply")
	s.String(&c.get, "get", "PATH", "send an HTTP GET and print the reply")
	s.Size(&c.maxReply, "max-reply", 0, 1<<30, "how much of a reply to print (1MiB)")
	c.peerFlags.linger = time.Second
	s.Duration(&c.peerFlags.linger, "linger", 0, time.Hour, "how long to wait for a silent peer after all is sent (1s)")
	s.Switch(&c.resume, "resume", "connect twice, the second time with the ticket of the first")
	s.File(&c.early, "early-data", "send the bytes of FILE as early data, with --resume or --session-in; may be replayed")
	s.File(&c.sessionOut, "session-out", "keep the session in FILE")
	s.File(&c.sessionIn, "session-in", "resume the session of FILE")
	s.Switch(&c.keyUpdate, "key-update", "change the keys, and ask the peer to (TLS 1.3)")
	s.String(&c.exporter, "exporter", "LABEL[:LEN[:CONTEXT]]", "print exported keying material")
	s.Switch(&c.certs, "certs", "print the certificates in PEM too")
	s.String(&c.certsOut, "certs-out", "DIR", "save the certificates in DIR")
	s.File(&c.saveTrace, "save-trace", "write every byte, and the secrets, to FILE, for tlsprobe show")
	s.Switch(&c.why, "why", "if the handshake fails, find out why: up to 8 more connections, all within --timeout")
	addTargets(s, &c.targets)
	c.peerFlags.flags(s, 15*time.Second)
}

func (c *connect) list() string { return c.targets }

func (c *connect) alone() string {
	switch {
	case c.interactive:
		return "--interactive"
	case c.send == "-":
		return "--send -"
	case c.saveTrace != "":
		return "--save-trace"
	case c.sessionOut != "":
		return "--session-out"
	case c.certsOut != "":
		return "--certs-out"
	}
	return ""
}

// addTargets adds --targets.
func addTargets(s *flags.Set, to *string) {
	s.File(to, "targets", "connect to the targets of FILE too, one a line, # starts a comment")
}

func (c *connect) run(p *probe, args []string) error {
	c.offer.Foreign, c.traced = true, c.saveTrace != ""
	if err := c.prepare(p, "connect", args); err != nil {
		return err
	}
	if err := c.check(p); err != nil {
		return err
	}
	return c.connect(p)
}
