package main

import (
	"strings"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/offer"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/registry"
	"github.com/tlsengine/tlsengine/signature"
)

// maxProbes is how many connections --why may make.
const maxProbes = 8

// With --why the first connection has a third of the time, and those that look
// for the cause have the rest.
const firstShare = 3

// whySearch looks for the cause of a failed handshake by changing one thing at
// a time.
type whySearch struct {
	p      *probe
	probes int
	last   *fault.Fault // of the last probe that failed
}

// findOut explains a failed handshake.
func (c *connect) findOut(p *probe, rep *report.Connect) report.Why {
	if auth := rep.Result.ClientAuth; auth.Requested && !auth.Sent {
		return report.Why{Cause: "client_certificate", Detail: "the server wants a client certificate, and got none."}
	} else if auth.Requested {
		return report.Why{Cause: "client_certificate", Detail: "the server does not take this client certificate."}
	}
	s := &whySearch{p: p}
	w := s.search(c)
	if p.ctx.Err() != nil {
		w = report.Why{Cause: "unknown", Detail: "interrupted before it was found."}
	}
	w.Probes = s.probes
	return w
}

func (s *whySearch) search(c *connect) report.Why {
	usual := c.peerFlags
	usual.offer = offer.Offer{Foreign: true, ALPN: c.offer.ALPN}
	if c.changed() {
		if res := s.try(usual); res != nil {
			return s.blame(c, usual, res)
		}
	}
	return s.vary(usual)
}

// changed reports whether the flags offer anything but the usual.
func (c *connect) changed() bool {
	o := &c.offer
	return o.MinVersion != 0 || o.MaxVersion != 0 || o.Suites != nil || o.Groups != nil || o.Signatures != nil
}

// try makes one handshake, whatever the certificate, and returns what was
// agreed, nil if nothing was.
func (s *whySearch) try(f peerFlags) *report.Result {
	if s.probes == maxProbes || s.p.ctx.Err() != nil {
		return nil
	}
	s.probes++
	f.noVerify, f.share = true, f.dial.Timeout*(firstShare-1)/firstShare/maxProbes
	l, err := f.open(s.p, nil, nil)
	if l == nil {
		s.last = fault.Of(err)
		return nil
	}
	defer l.close()
	l.finish() //nolint:errcheck // what the server says after its certificate is another matter
	if err != nil && l.tls.Verdict == nil {
		s.last = l.tls.Failure()
		return nil
	}
	res := l.result()
	return &res
}

// blame finds out which of the flags is at fault: the usual offer with one of
// them put back fails.
func (s *whySearch) blame(c *connect, usual peerFlags, took *report.Result) report.Why {
	o := &c.offer
	common := func(cause, what, offered string, took *registry.Code) report.Why {
		return report.Why{Cause: cause, Detail: "no common " + what + ". Offered: " + offered + ". The server took " + took.String() + " when offered the usual list."}
	}
	if o.MinVersion != 0 || o.MaxVersion != 0 {
		usual.offer.MinVersion, usual.offer.MaxVersion = o.MinVersion, o.MaxVersion
		was := took.Version
		if took = s.try(usual); took == nil {
			return common("version", "version", span(o), was)
		}
	}
	for _, d := range []struct {
		cause, what, offered string
		given                bool
		put                  func(*offer.Offer)
		took                 *registry.Code
	}{
		{"suites", "cipher suite", o.SuiteNames(), o.Suites != nil, func(to *offer.Offer) { to.Suites = o.Suites }, took.Suite},
		{"groups", "key exchange group", o.GroupNames(), o.Groups != nil, func(to *offer.Offer) { to.Groups = o.Groups }, took.Group},
		{"sigalgs", "signature algorithm", o.SchemeNames(), o.Signatures != nil, func(to *offer.Offer) { to.Signatures = o.Signatures }, took.Signature},
	} {
		if !d.given {
			continue
		}
		one := usual
		d.put(&one.offer)
		if s.try(one) == nil {
			return common(d.cause, d.what, d.offered, d.took)
		}
	}
	return report.Why{Cause: "combination", Detail: "each of the flags alone is taken by the server, but not all of them together."}
}

func span(o *offer.Offer) string {
	low, high := max(o.MinVersion, tlsengine.VersionTLS12), o.MaxVersion
	if high == 0 {
		high = tlsengine.VersionTLS13
	}
	if low == high {
		return registry.CodeOf(registry.Versions, low).String()
	}
	return registry.CodeOf(registry.Versions, low).String() + " to " + registry.CodeOf(registry.Versions, high).String()
}

// vary changes what can be changed of the usual offer.
func (s *whySearch) vary(usual peerFlags) report.Why {
	for _, v := range []struct {
		cause, detail string
		change        func(*peerFlags)
	}{
		{"hello_size", "the server does not take a large ClientHello. It answered to one without post-quantum key shares.",
			func(f *peerFlags) { f.offer.Groups = plainGroups() }},
		{"version", "the server does not take TLS 1.3 offered along with 1.2. It answered to TLS 1.2 alone.",
			func(f *peerFlags) { f.offer.MaxVersion = tlsengine.VersionTLS12 }},
		{"alpn", "no common application protocol. The server answered when none was offered.",
			func(f *peerFlags) { f.offer.ALPN = []string{} }},
		{"sni", "the server does not know the name that was asked for. It answered to none.",
			func(f *peerFlags) { f.noSNI, f.sni = true, "" }},
		{"groups", "no common key exchange group in the usual list. The server took one of the rarer ones.",
			func(f *peerFlags) { f.offer.Groups = group.All() }},
		{"sigalgs", "no common signature algorithm in the usual list. The server took one of the rarer ones.",
			func(f *peerFlags) { f.offer.Signatures = signature.All() }},
	} {
		switch {
		case v.cause == "alpn" && len(usual.offer.ALPN) == 0:
			continue
		case v.cause == "sni" && usual.noSNI && !usual.target.IsIP():
			v.detail, v.change = "the server wants a server name. It answered when it was asked for one.", func(f *peerFlags) { f.noSNI = false }
		}
		one := usual
		v.change(&one)
		if res := s.try(one); res != nil {
			return report.Why{Cause: v.cause, Detail: v.detail}
		}
	}
	detail := "no other offer helped"
	if s.last != nil {
		detail += "; the last answer was: " + strings.TrimPrefix(s.last.Message, "TLS failed: ")
	}
	return report.Why{Cause: "unknown", Detail: detail + ". The server may want what this engine does not speak: TLS 1.1 or older, suites without forward secrecy."}
}

func plainGroups() (list []*group.Group) {
	for _, g := range group.Default() {
		if g.TLS12 {
			list = append(list, g)
		}
	}
	return list
}
