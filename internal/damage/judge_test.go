package damage

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/record"
)

// A strike is a blow to a flight of a flavour.
type strike struct {
	*flavour
	*hop
	blow
	honest *outcome
}

func (c *strike) String() string {
	what := "the flight"
	if c.hit != nil {
		what = fmt.Sprintf("byte %d of a record of %d bytes, type %d", c.blow.at, len(c.hit), c.hit[0])
	}
	return fmt.Sprintf("flight %d of the %s: %s: %s", c.hop.at, sides[c.from], c.kind, what)
}

var sides = [...]string{"client", "server"}

// play carries out the blow and judges what comes of it; the error says what
// is wrong.
func (c *strike) play(script []turn) error {
	p := c.again(script)
	to := p.ends[1-c.from]
	if c.kind == reflected {
		to = p.ends[c.from]
	}
	for _, part := range c.parts {
		to.take(part)
	}
	if slices.Contains(harmless, c.kind) {
		if to.err != nil {
			return fmt.Errorf("refused: %w", to.err)
		}
		if !to.frozen().equal(c.after) {
			return errors.New("the receiver is another than if nothing had happened")
		}
		return nil
	}
	if c.ends {
		p.at = len(script)
		if to.err == nil {
			to.err = to.eof()
		}
	}
	if to.err != nil {
		said, err := ended(to)
		if err != nil {
			return err
		}
		p.ends[1-to.side].take(said)
	}
	o := p.finish()
	if err := c.judge(o); err != nil {
		return fmt.Errorf("%w (client: %v; server: %v)", err, o.err[0], o.err[1])
	}
	return nil
}

// judge says what is wrong with an outcome.
func (c *strike) judge(o *outcome) error {
	if o.done[0] && o.done[1] {
		if o.exported[0] != "" && o.exported[1] != "" && o.exported[0] != o.exported[1] {
			return errors.New("both sides are done, and export other secrets")
		}
		if a, b := views(o.state[0]), views(o.state[1]); a != b {
			return fmt.Errorf("both sides are done, and differ: %s, %s", a, b)
		}
	}
	for side := range 2 {
		if !bytes.HasPrefix(c.honest.data[side], o.data[side]) {
			return fmt.Errorf("the %s read %q, which nobody wrote", sides[side], o.data[side])
		}
	}
	if o.err[0] == nil && o.err[1] == nil {
		return c.passed(o)
	}
	return c.refusals(o)
}

// views is what both sides must agree on.
func views(s tlsengine.ConnectionState) string {
	return fmt.Sprint(s.Version, s.Suite.ID, s.Group, s.ALPN, s.Resumed, s.Retried, s.EMS)
}

// passed says what is wrong when nobody refuses.
func (c *strike) passed(o *outcome) error {
	if !c.mayPass() {
		return errors.New("both sides are content")
	}
	for side := range 2 {
		if !bytes.Equal(o.data[side], c.honest.data[side]) {
			return fmt.Errorf("the %s is content, and lacks data", sides[side])
		}
	}
	return nil
}

// mayPass reports whether the damage is to bytes that nobody is held to.
func (c *strike) mayPass() bool {
	tls13 := c.honest.state[0].Version == tlsengine.VersionTLS13
	switch {
	case c.quic && slices.Contains(c.sender.events(), "HandshakeDone") && slices.Contains(c.receiver.events(), "HandshakeDone"):
		return true // nothing binds a ticket, but the packets of QUIC
	case (c.kind == repeated || c.kind == doubled) && c.after.closed():
		return true // after close_notify the bytes are the caller's
	case c.skipped():
		return true
	case c.hit == nil || c.quic:
		return false
	case c.kind == flipped && (c.blow.at == 1 || c.blow.at == 2):
		return true // legacy_record_version "MUST be ignored for all purposes"
	case c.hit.typ() == record.ChangeCipherSpec && tls13:
		return true // it is for middleboxes
	case c.kind == swapped && tls13:
		return true // with one of those
	}
	return false
}

// skipped reports whether the server skips what was hit: early data that it
// refused.
func (c *strike) skipped() bool {
	if !c.refused || c.from != 0 || c.hop.at > 2 || c.ends || c.kind == reflected {
		return false
	}
	return c.hit != nil && c.hit.typ() == record.ApplicationData || c.hit == nil && record.ContentType(c.wire[0]) == record.ApplicationData
}

// events are the kinds of what the application heard.
func (z *frozen) events() (list []string) {
	for _, line := range z.log {
		kind, _, _ := strings.Cut(line, " ")
		list = append(list, kind)
	}
	return list
}

func (z *frozen) closed() bool {
	return len(z.log) > 0 && strings.HasPrefix(z.log[len(z.log)-1], "PeerClosed")
}

// refusals says what is wrong with who refuses whom, and how.
func (c *strike) refusals(o *outcome) error {
	for side, err := range o.err {
		var own *tlsengine.AlertError
		if errors.As(err, &own) && !slices.Contains(c.alerts(), own.Alert) {
			return fmt.Errorf("the %s refuses with another alert", sides[side])
		}
		var told *tlsengine.PeerAlertError
		if errors.As(err, &told) && (!errors.As(o.err[1-side], &own) || own.Alert != told.Alert) {
			return fmt.Errorf("the %s is told what the %s did not say", sides[side], sides[1-side])
		}
	}
	receiver := o.err[1-c.from]
	var own *tlsengine.AlertError
	switch sealed := c.hit != nil && !c.clear && c.hit.typ() != record.ChangeCipherSpec; {
	case c.ends && !errors.Is(receiver, tlsengine.ErrTruncated):
		return errors.New("a truncation is not called one")
	case c.kind == flipped && sealed && c.blow.at >= record.HeaderLen && !c.skipped() && !errors.As(receiver, &own):
		return errors.New("a forged record is not refused")
	}
	return nil
}

// alerts are those with which the damage may be refused.
func (c *strike) alerts() []tlsengine.Alert {
	if c.kind == flipped && !c.clear && c.blow.at >= record.HeaderLen && c.hit.typ() != record.ChangeCipherSpec {
		return []tlsengine.Alert{alert.BadRecordMAC}
	}
	list := []tlsengine.Alert{alert.UnexpectedMessage, alert.BadRecordMAC, alert.RecordOverflow, alert.ProtocolVersion, alert.DecodeError, alert.IllegalParameter}
	if c.clear { // what a message says: the dialogues hold each to its alert
		list = append(list, alert.MissingExtension, alert.UnsupportedExtension, alert.HandshakeFailure, alert.DecryptError, alert.UnknownCA,
			alert.BadCertificate, alert.UnsupportedCertificate, alert.CertificateExpired, alert.CertificateUnknown, alert.NoApplicationProtocol)
	}
	return list
}
