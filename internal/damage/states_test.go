package damage

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/record"
)

// A moment is an end between two records, or while it is asked something.
type moment struct {
	*frozen
	state handshake.State
	asked bool
}

// moments are those of both sides of a flavour.
func (f *flavour) moments() (list []moment) {
	add := func(e *end, asked bool) {
		z := e.frozen()
		e.engine = z.thaw().engine
		e.cfg = own(z.cfg, "", z.drawn)
		info, err := tlsengine.ReadSnapshot(z.state)
		if err != nil {
			panic(err)
		}
		list = append(list, moment{z, info.State, asked})
	}
	hops, _ := f.record()
	for _, h := range hops {
		e := h.receiver.thaw()
		e.asked = func(e *end, _ tlsengine.Request) { add(e, true) }
		list := pieces(h.wire)
		for i, clear := range f.unprotected(list) {
			parts := []piece{list[i]}
			if clear {
				parts = messages(list[i])
			}
			for _, p := range parts {
				add(e, false)
				e.take(p)
			}
		}
	}
	last := hops[len(hops)-1]
	return append(list, moment{last.sender, handshake.Connected, false}, moment{last.after, handshake.Connected, false})
}

// messages are records of one message each in place of one with several.
func messages(p piece) (list []piece) {
	for b := p[record.HeaderLen:]; len(b) > 0; {
		n := 4 + int(b[1])<<16 + int(b[2])<<8 + int(b[3])
		if n > len(b) {
			return []piece{p} // of a message in several records
		}
		list = append(list, append(piece{p[0], p[1], p[2], byte(n >> 8), byte(n)}, b[:n]...))
		b = b[n:]
	}
	return list
}

// In every state, also while something is asked: an end of the transport is a
// truncation unless there was a close_notify; an error is the last thing that
// happens; and an engine that was aborted says no more.
func TestEveryState(t *testing.T) {
	skipUnderRace(t)
	seen := make(map[handshake.State]bool)
	n := 0
	for _, f := range flavours() {
		for i, m := range f.moments() {
			seen[m.state] = true
			if f.large {
				continue
			}
			n++
			for what, check := range map[string]func(moment) error{
				"the transport ends": truncatedNow, "a record that is none": refusedNow, "the application refuses": declinedNow, "abort": abortedNow,
			} {
				require.NoError(t, check(m), "%s: %s, moment %d, %v, asked: %v: %s", f.name, sides[m.side], i, m.state, m.asked, what)
			}
		}
	}
	for s := handshake.Start; s.String() != "invalid state"; s++ {
		require.True(t, seen[s], "no flavour comes to %v", s)
	}
	t.Logf("%d moments", n)
}

// truncatedNow ends the transport.
func truncatedNow(m moment) error {
	e := m.thaw()
	closed := m.closed() && e.ConnectionState().HandshakeDone
	e.err = e.eof()
	switch {
	case m.quic:
		return nil
	case closed && e.err == nil:
		return nil
	case closed || e.err != tlsengine.ErrTruncated:
		return fmt.Errorf("closed: %v, and the end is %v", closed, e.err)
	}
	said, err := ended(e)
	if len(said) > 0 {
		return fmt.Errorf("after a truncation the engine says %x", said)
	}
	return err
}

// refusedNow gives the engine what nobody may send.
func refusedNow(m moment) error {
	e := m.thaw()
	if m.asked || m.closed() {
		return nil // nothing is eaten
	}
	if m.quic {
		e.err = e.quic().HandleCrypto(e.quic().ReadLevel(), []byte{byte(handshake.MsgMessageHash), 0, 0, 0})
	} else {
		for range 3 { // there may be events first
			if e.err == nil {
				_, _, e.err = e.records().Receive([]byte{byte(record.ApplicationData), 3, 3, 0xff, 0xff})
			}
		}
	}
	var own *tlsengine.AlertError
	if !errors.As(e.err, &own) {
		return fmt.Errorf("not refused: %v", e.err)
	}
	_, err := ended(e)
	return err
}

// declinedNow has the application refuse whatever it is asked.
func declinedNow(m moment) error {
	if !m.asked {
		return nil
	}
	e := m.thaw()
	no, want := tlsengine.Refuse(alert.AccessDenied, "not today"), alert.AccessDenied
	switch q := e.Pending().(type) {
	case *tlsengine.ConfigRequest:
		e.err = e.UseConfig(nil, no)
	case *tlsengine.TicketRequest:
		e.err = e.Ticket(tlsengine.TicketAnswer{}, no)
	case *tlsengine.ResumeRequest:
		e.err = e.Resume(tlsengine.ResumeNo, no)
	case *tlsengine.CredentialRequest:
		e.err = e.UseCredential(nil, no)
	case *tlsengine.SignatureRequest:
		e.err, want = e.Signed(nil, no), alert.InternalError // this side's fault, whatever it is
	case *tlsengine.VerdictRequest:
		e.err = e.Verified(no)
	case *tlsengine.ParametersRequest:
		e.err = e.quic().SetParameters(nil, no)
	default:
		return fmt.Errorf("the question is lost: %T", q)
	}
	var own *tlsengine.AlertError
	if !errors.As(e.err, &own) || own.Alert != want {
		return fmt.Errorf("the refusal becomes %v", e.err)
	}
	_, err := ended(e)
	return err
}

// abortedNow has the application say a fatal alert.
func abortedNow(m moment) error {
	if m.quic || m.over {
		return nil
	}
	x := m.thaw().records()
	said := x.Abort(x.Flush(nil), alert.UserCanceled)
	if n := alertsIn(said); n != 1 && m.cfg.PadTo == 0 {
		return fmt.Errorf("%d alerts in %x", n, said)
	}
	for name, call := range calls(x) {
		switch name {
		case "Send", "Send nothing", "SendEarly", "Flush", "Close", "Abort", "UpdateKeys":
			if out, _ := call(nil); len(out) > 0 {
				return fmt.Errorf("after Abort, %s says %x", name, out)
			}
		}
	}
	return nil
}
