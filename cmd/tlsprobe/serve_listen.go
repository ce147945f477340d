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
	visitors := &visitors{open: map[net.Conn]bool{}}
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-p.ctx.Done():
			l.Close() //nolint:errcheck // it ends Accept
			visitors.end()
		case <-done:
		}
	}()
	err := s.accept(p, l, visitors)
	close(done)
	<-ended
	if p.ctx.Err() != nil {
		err = fault.New(fault.Interrupted, "interrupted", "data", "stopped after %s", text.Plural(int(visitors.count.Load()), "connection")).For(l.Addr().String())
	}
	if err != nil && p.json {
		f := fault.Of(err)
		f.Reported, err = true, f // the one document on stdout is written
	}
	return err
}

// accept serves one connection, or as many as come until the listener is
// closed.
func (s *serve) accept(p *probe, l net.Listener, visitors *visitors) error {
	room := make(chan struct{}, s.maxConns)
	for {
		select {
		case room <- struct{}{}:
		case <-p.ctx.Done():
			return nil
		}
		conn, err := l.Accept()
		switch {
		case err != nil && p.ctx.Err() != nil:
			return nil
		case err != nil:
			return fault.New(fault.Bug, "internal", "data", "accepting connections: %v", err)
		case !visitors.add(conn):
			return nil
		case s.once:
			l.Close() //nolint:errcheck // nobody else is wanted
			defer visitors.remove(conn)
			return s.visit(p, conn)
		}
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
	ended bool
	count atomic.Int64
}

// add takes a visitor in, or closes the connection if it is too late.
func (v *visitors) add(c net.Conn) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.ended {
		c.Close() //nolint:errcheck // nothing was said yet
		return false
	}
	v.count.Add(1)
	v.all.Add(1)
	v.open[c] = true
	return true
}

func (v *visitors) remove(c net.Conn) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.open, c)
	v.all.Done()
}

// end has the open connections stop to wait for their peers: what was asked is
// still answered, and then comes close_notify. What takes longer than a moment
// is closed.
func (v *visitors) end() {
	v.mu.Lock()
	v.ended = true
	v.mu.Unlock()
	gone := make(chan struct{})
	go func() { v.all.Wait(); close(gone) }()
	v.each(func(c net.Conn) { c.SetReadDeadline(time.Unix(1, 0)) }) //nolint:errcheck // a socket takes deadlines
	select {
	case <-gone:
		return
	case <-time.After(graceTime / 2):
	}
	v.each(func(c net.Conn) { c.Close() }) //nolint:errcheck // that is the point
	<-gone
}

func (v *visitors) each(do func(net.Conn)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for c := range v.open {
		do(c)
	}
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
	case errors.Is(err, visit.ErrTooMuch):
		return fault.New(fault.TLSFailed, "tls.illegal", "handshake", "TLS failed: %v", visit.ErrTooMuch)
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
	if ip.IsUnspecified() || host == "127.0.0.1" { // ::1 is not everywhere called so
		host = "localhost"
	}
	where := net.JoinHostPort(host, port)
	rep := serveReport{
		Schema: "tlsprobe.serve/1", Tool: report.ThisTool(), Address: addr.String(), URL: "https://" + where + "/",
		Certificate: report.CertificateOf(leaf, p.now()), Pin: pki.PinOf(leaf).String(),
	}
	if !ip.IsLoopback() {
		p.say("tlsprobe: warning: %s can be reached from other machines; each visitor sees the secrets of its own connection only", addr)
	}
	if p.json {
		return p.answerJSON(rep)
	}
	sum := sha256.Sum256(leaf.Raw)
	text := fmt.Sprintf("%s\n  certificate  %s, %s, until %s\n  SHA-256      %s\n",
		rep.URL, text.Clean(leaf.Subject.String()), pki.KeyKind(leaf), leaf.NotAfter.UTC().Format(time.DateOnly), hex.EncodeToString(sum[:]))
	for _, line := range s.lines(&rep, where) {
		text += fmt.Sprintf("  %-11s  %s\n", line[0], line[1])
	}
	return p.answerText(text)
}

// lines are how to test the server, and how to trust its certificate.
func (s *serve) lines(rep *serveReport, where string) [][2]string {
	probe := "tlsprobe connect " + where + " --no-verify --pin " + rep.Pin
	switch {
	case s.starttls != "":
		return [][2]string{{"test it", probe + " --starttls " + s.starttls}, {"", "openssl s_client -connect " + where + " -starttls " + s.starttls}}
	case s.echo:
		return [][2]string{{"test it", probe + " -i"}, {"", "openssl s_client -connect " + where}}
	}
	curl := fmt.Sprintf("curl -k --pinnedpubkey '%s' %s", strings.Replace(rep.Pin, "sha256/", "sha256//", 1), rep.URL)
	list := [][2]string{{"test it", probe}, {"", curl}}
	if s.cert == "" {
		list = append(list, [2]string{"trust it", curl + "cert.pem -o cert.pem && curl --cacert cert.pem " + rep.URL})
	}
	return list
}

func chainPEM(chain [][]byte) string {
	var b strings.Builder
	for _, der := range chain {
		pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: der}) //nolint:errcheck // a Builder takes all
	}
	return b.String()
}
