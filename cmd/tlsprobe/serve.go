package main

import (
	"crypto/x509"
	"net"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/offer"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/page"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/visit"
)

const serveHelp = `
A server that shows each visitor its own connection, on this machine only
unless --addr says otherwise, with a certificate made for the occasion unless
--cert and --key give one. It prints how to reach and how to trust it.

  /             every byte of the connection that fetched it, explained
  /client       what was said and agreed, and what the client offered, judged
  /text         both as plain text
  /json         the connection as a trace; /client.json the client
  /cert.pem     the server's certificate
  /healthz      ok

  tlsprobe serve
  tlsprobe serve --addr 127.0.0.1:0 --json --once
  tlsprobe serve --client-auth require --client-ca ca.pem
  tlsprobe serve --max-version 1.2 --echo
  tlsprobe serve --early-data 16384 --force-hrr
  tlsprobe serve --fault bad-finished       what does your client say?
  tlsprobe serve --starttls smtp --trace-dir traces
`

// serve is the command of that name.
type serve struct {
	offer      offer.Offer
	addr       string
	cert, key  string
	keyPass    string
	selfSigned []string
	clientAuth string
	clientCA   string
	forceHRR   bool
	tickets    int
	early      int
	staple     string
	recordSize int
	echo       bool
	once       bool
	maxConns   int
	idle       time.Duration
	keylog     string
	starttls   string
	faults     []string
	traceDir   string
	yes        bool

	host visit.Host
	kept atomic.Int64 // traces
	cred *tlsengine.Credential
}

func (s *serve) flags(set *flags.Set) {
	s.addr, s.clientAuth, s.tickets, s.maxConns, s.idle = "127.0.0.1:8443", "none", 2, 256, 30*time.Second
	set.String(&s.addr, "addr", "HOST:PORT", "where to listen (127.0.0.1:8443); port 0 takes a free one")
	set.File(&s.cert, "cert", "certificate chain, PEM")
	set.File(&s.key, "key", "its private key, PEM")
	set.File(&s.keyPass, "key-pass-file", "the first line is the password of --key, or of a PKCS #12 file in --cert")
	set.Strings(&s.selfSigned, "self-signed", "NAME", "make a certificate for this name or address (localhost 127.0.0.1 ::1); may be given again")
	s.offer.Flags(set)
	set.Choice(&s.clientAuth, "client-auth", []string{"none", "request", "require"}, "client certificates (none)")
	set.File(&s.clientCA, "client-ca", "who must have issued them; without it any will do")
	set.Switch(&s.forceHRR, "force-hrr", "ask for another key share where the client has one to give")
	set.Int(&s.tickets, "tickets", 0, 16, "session tickets after each handshake (2)")
	set.Int(&s.early, "early-data", 0, 1<<20, "bytes of early data to take (0)")
	set.File(&s.staple, "ocsp-file", "an OCSP response to staple, DER")
	set.Int(&s.recordSize, "record-size", 64, 16384, "largest record to send (16384)")
	set.Switch(&s.echo, "echo", "send back what comes, instead of HTTP")
	set.Switch(&s.once, "once", "end after one connection, with its exit code")
	set.Int(&s.maxConns, "max-conns", 1, 65536, "connections at once (256)")
	set.Duration(&s.idle, "idle", 100*time.Millisecond, 24*time.Hour, "end an echo without traffic (30s)")
	set.File(&s.keylog, "keylog", "append the secrets to FILE, for Wireshark")
	set.Choice(&s.starttls, "starttls", visit.StartTLS, "begin in the clear, as a server of that protocol")
	set.List(&s.faults, "fault", "LIST", "go wrong on purpose, to test clients (loopback only): "+visit.FaultList)
	set.String(&s.traceDir, "trace-dir", "DIR", "write a trace of each connection into DIR, secrets included")
	set.Switch(&s.yes, "yes", "do so for visitors from other machines too")
}

func (s *serve) run(p *probe, args []string) error {
	if err := noArguments("serve", args); err != nil {
		return err
	}
	if err := s.offer.Resolve(); err != nil {
		return err
	}
	if err := s.prepare(p); err != nil {
		return err
	}
	l, err := net.Listen("tcp", s.addr)
	if err != nil {
		return fault.InputError("addr", "cannot listen on %s: %v", s.addr, cause(err))
	}
	defer l.Close() //nolint:errcheck // it is closed already when all goes well
	if err := s.checkReach(l.Addr()); err != nil {
		return err
	}
	return s.listen(p, l)
}

// prepare makes the Config that all connections share.
func (s *serve) prepare(p *probe) (err error) {
	if s.cred, err = s.credential(p); err != nil {
		return err
	}
	if s.staple != "" {
		if s.cred.Staple, err = pki.ReadFile(s.staple, 1<<20); err != nil {
			return err
		}
	}
	s.host = visit.Host{ForceHRR: s.forceHRR, Echo: s.echo, Idle: s.idle, StartTLS: s.starttls, Keep: s.traceDir != ""}
	if s.host.Faults, err = visit.ParseFaults(s.faults); err != nil {
		return err
	}
	if s.traceDir != "" {
		if info, err := os.Stat(s.traceDir); err != nil || !info.IsDir() {
			return fault.InputError("file", "--trace-dir %s is not a directory", s.traceDir)
		}
	}
	cfg := &s.host.Config
	if s.offer.ALPN == nil && !s.echo {
		s.offer.ALPN = []string{"http/1.1"}
	}
	s.offer.Apply(cfg)
	cfg.Credentials, cfg.TicketKeys, cfg.Tickets = []*tlsengine.Credential{s.cred}, tlsengine.NewTicketKeys(), s.tickets
	if s.tickets == 0 {
		cfg.Tickets = -1
	}
	if s.early > 0 {
		cfg.MaxEarlyData, cfg.AntiReplay = uint32(s.early), tlsengine.NewReplayMemory(1<<16)
	}
	cfg.MaxFragment = s.recordSize
	if cfg.KeyLog, err = p.keyLogFile(s.keylog); err != nil {
		return err
	}
	if err := s.authentication(cfg); err != nil {
		return err
	}
	site := &page.Site{CertPEM: chainPEM(s.cred.Chain), Now: p.now}
	s.host.Answer = site.Answer
	if err := cfg.CheckServer(); err != nil {
		return fault.UsageError("config", "%v", err)
	}
	return nil
}

// checkReach holds what others could get at to the flags that allow it.
func (s *serve) checkReach(addr net.Addr) error {
	tcp, ok := addr.(*net.TCPAddr)
	switch {
	case ok && tcp.IP.IsLoopback():
		return nil
	case s.host.Faults != nil:
		return fault.UsageError("conflict", "--fault is for tests on this machine, and %s can be reached from others", addr)
	case s.traceDir != "" && !s.yes:
		return fault.UsageError("conflict", "--trace-dir writes the secrets of visitors from other machines, who can reach %s", addr).WithHint("--yes says that this is meant")
	}
	return nil
}

func (s *serve) credential(p *probe) (*tlsengine.Credential, error) {
	if s.cert != "" || s.key != "" || s.keyPass != "" {
		if len(s.selfSigned) > 0 {
			return nil, fault.UsageError("conflict", "--cert and --self-signed exclude each other")
		}
		return pki.Credential(s.cert, s.key, s.keyPass)
	}
	if len(s.selfSigned) == 0 {
		s.selfSigned = []string{"localhost", "127.0.0.1", "::1"}
		if host, _, err := net.SplitHostPort(s.addr); err == nil && host != "" && !net.ParseIP(host).IsUnspecified() && !slices.Contains(s.selfSigned, host) {
			s.selfSigned = append(s.selfSigned, host)
		}
	}
	const life = 30 * 24 * time.Hour
	return pki.SelfSigned(nil, p.now(), life, s.selfSigned...)
}

// authentication is what is wanted of clients.
func (s *serve) authentication(cfg *tlsengine.Config) error {
	switch s.clientAuth {
	case "request":
		cfg.ClientAuth = tlsengine.RequestClientCert
	case "require":
		cfg.ClientAuth = tlsengine.RequireClientCert
	}
	if s.clientCA == "" {
		return nil
	}
	if s.clientAuth == "none" {
		return fault.UsageError("conflict", "--client-ca without --client-auth request or require")
	}
	certs, err := pki.Certificates(s.clientCA)
	if err != nil {
		return err
	}
	cfg.Roots = x509.NewCertPool()
	for _, cert := range certs {
		cfg.Roots.AddCert(cert)
		cfg.ClientCAs = append(cfg.ClientCAs, cert.RawSubject)
	}
	return nil
}
