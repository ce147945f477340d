package main

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/visit"
	"github.com/tlsengine/tlsengine/internal/registry"
)

// graceTime is how long connections may take to end after SIGINT.
const graceTime = time.Second

// serveReport is what is said at the start: tlsprobe.serve/1.
type serveReport struct {
	Schema      string             `json:"schema"`
	Tool        report.Tool        `json:"tool"`
	Address     string             `json:"address"`
	URL         string             `json:"url"`
	Certificate report.Certificate `json:"certificate"`
	Pin         string             `json:"pin"`
}

// listen takes connections until it is told to stop.
func (s *serve) listen(p *probe, l net.Listener) error {
	if err := s.announce(p, l.Addr()); err != nil {
		return err
	}
	room := make(chan struct{}, s.maxConns)
	visitors := &visitors{open: map[net.Conn]bool{}}
	stop := func() { l.Close() } //nolint:errcheck // it ends Accept
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-p.ctx.Done():
			stop()
		case <-done:
		}
	}()
	for {
		conn, err := l.Accept()
		if err != nil {
			visitors.end()
			if p.ctx.Err() != nil {
				return fault.New(fault.Interrupted, "interrupted", "data", "stopped after %s", text.Plural(int(visitors.count.Load()), "connection")).For(l.Addr().String())
			}
			return fault.New(fault.Bug, "internal", "data", "accepting connections: %v", err)
		}
		if s.once {
			stop()
			visitors.add(conn)
			defer visitors.remove(conn)
			return s.visit(p, conn)
		}
		room <- struct{}{}
		visitors.add(conn)
		go func() {
			defer func() { visitors.remove(conn); <-room }()
			s.visit(p, conn) //nolint:errcheck // it was logged
		}()
	}
}

// visitors are the open connections.
type visitors struct {
	mu    sync.Mutex
	open  map[net.Conn]bool
	all   sync.WaitGroup
	count atomic.Int64
}

func (v *visitors) add(c net.Conn) {
	v.count.Add(1)
	v.all.Add(1)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.open[c] = true
}

func (v *visitors) remove(c net.Conn) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.open, c)
	v.all.Done()
}

// end gives the open connections a moment, and then closes them.
func (v *visitors) end() {
	gone := make(chan struct{})
	go func() { v.all.Wait(); close(gone) }()
	select {
	case <-gone:
		return
	case <-time.After(graceTime * 8 / 10):
	}
	v.mu.Lock()
	for c := range v.open {
		c.Close() //nolint:errcheck // that is the point
	}
	v.mu.Unlock()
	<-gone
}

// visit serves one connection and logs it.
func (s *serve) visit(p *probe, conn net.Conn) (err error) {
	remote := conn.RemoteAddr().String()
	defer func() {
		if bug := recover(); bug != nil {
			conn.Close() //nolint:errcheck // it is over
			p.talk(fmt.Sprintf("%s  a bug in tlsprobe: %v", remote, bug))
			err = fault.New(fault.Bug, "internal", "internal", "a bug in tlsprobe: %v", bug)
		}
	}()
	v, err := s.host.Serve(conn)
	s.keep(p, remote, v)
	s.log(p, remote, v, err)
	if err == nil || errors.Is(err, visit.ErrNoRequest) || errors.Is(err, visit.ErrOnPurpose) {
		return nil
	}
	return serveFault(err).For(remote)
}

// keep writes the trace of a connection, if it is wanted.
func (s *serve) keep(p *probe, remote string, v *visit.Visit) {
	if s.traceDir == "" {
		return
	}
	clean := strings.NewReplacer(":", "-", "[", "", "]", "", "%", "-").Replace(remote)
	name := filepath.Join(s.traceDir, fmt.Sprintf("%06d-%s.json", s.kept.Add(1), clean))
	if err := saveTrace(name, v.Trace()); err != nil {
		p.say("tlsprobe: %v", err)
	}
}

// log is one line on stderr, and with -v the dialogue.
func (s *serve) log(p *probe, remote string, v *visit.Visit, err error) {
	if p.verbose > 0 {
		var b strings.Builder
		for i := range v.Lines {
			b.WriteString(v.Lines[i].Draw(text.Style{}))
		}
		p.talk(b.String())
	}
	if errors.Is(err, visit.ErrOnPurpose) {
		p.say("%s  %v: %v", remote, err, s.host.Faults)
		return
	}
	if err != nil && !errors.Is(err, visit.ErrNoRequest) {
		if !s.once { // else it is the end, and said there
			p.say("%s  %s", remote, oneLine(serveFault(err).Message))
		}
		return
	}
	rep := v.Report()
	words := []string{remote, rep.Result.Version.String(), rep.Result.Suite.String()}
	if rep.Result.Group != nil {
		words = append(words, rep.Result.Group.String())
	}
	for word, on := range map[string]bool{"resumed": rep.Result.Resumed, "early data": rep.Result.EarlyData == report.EarlyAccepted, "client certificate": rep.Result.ClientAuth.Sent} {
		if on {
			words = append(words, word)
		}
	}
	if v.Request != "" {
		words = append(words, v.Request)
	}
	p.say("%s  %s", strings.Join(words, "  "), text.Took(v.Took))
}

// serveFault says why a visit ended early.
func serveFault(err error) *fault.Fault {
	var ours *tlsengine.AlertError
	var theirs *tlsengine.PeerAlertError
	var greeting *visit.GreetingError
	switch {
	case errors.As(err, &greeting):
		return fault.New(fault.NotReached, "starttls.protocol", "starttls", "no TLS: %v", greeting)
	case errors.As(err, &theirs):
		f := fault.New(fault.TLSFailed, "tls.alert", "handshake", "TLS failed: the client sent alert %s (%d)", registry.Alerts.Label(uint32(theirs.Alert)), uint8(theirs.Alert))
		f.Alert = &fault.Alert{ID: uint8(theirs.Alert), Name: registry.Alerts.Label(uint32(theirs.Alert))}
		return f
	case errors.As(err, &ours):
		return fault.New(fault.TLSFailed, "tls.illegal", "handshake", "TLS failed: %v", ours)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fault.New(fault.TLSFailed, "tls.timeout", "handshake", "TLS failed: the client was too slow")
	}
	return fault.New(fault.TLSFailed, "tls.closed", "handshake", "TLS failed: the client left: %v", cause(err))
}

// cause is the innermost part of an error of package net.
func cause(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	var sys *os.SyscallError
	if errors.As(err, &sys) {
		err = sys.Err
	}
	return err
}

// announce says where the server is and how to trust it.
func (s *serve) announce(p *probe, addr net.Addr) error {
	leaf, err := x509.ParseCertificate(s.cred.Chain[0])
	if err != nil {
		return err
	}
	host, port, _ := net.SplitHostPort(addr.String()) //nolint:errcheck // a listener has one
	ip := net.ParseIP(host)
	if ip.IsLoopback() || ip.IsUnspecified() {
		host = "localhost"
	}
	where := net.JoinHostPort(host, port)
	rep := serveReport{
		Schema: "tlsprobe.serve/1", Tool: report.ThisTool(), Address: addr.String(), URL: "https://" + where + "/",
		Certificate: report.CertificateOf(leaf, p.now()), Pin: pki.PinOf(leaf).String(),
	}
	if !ip.IsLoopback() {
		p.say("tlsprobe: warning: %s can be reached from other machines; each visitor sees its own connection only", addr)
	}
	if p.json {
		return p.answerJSON(rep)
	}
	sum := sha256.Sum256(leaf.Raw)
	return p.answerText(fmt.Sprintf("%s\n  certificate  %s, %s, until %s\n  SHA-256      %s\n  test it      tlsprobe connect %s --no-verify --pin %s\n               curl -k --pinnedpubkey '%s' %s\n",
		rep.URL, text.Clean(leaf.Subject.String()), pki.KeyKind(leaf), leaf.NotAfter.UTC().Format(time.DateOnly), hex.EncodeToString(sum[:]),
		where, rep.Pin, strings.Replace(rep.Pin, "sha256/", "sha256//", 1), rep.URL))
}

func chainPEM(chain [][]byte) string {
	var b strings.Builder
	for _, der := range chain {
		pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: der}) //nolint:errcheck // a Builder takes all
	}
	return b.String()
}
