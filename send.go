package tlsengine

import (
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/record"
	"github.com/tlsengine/tlsengine/trace/hook"
)

// maxKeyUpdates is how often the keys of one side change.
//
// "To provide an extra margin of security, sending implementations MUST NOT
// allow the epoch -- and hence the number of key updates -- to exceed 2^48-1."
// RFC 9846, Section 4.7.3.
const maxKeyUpdates = 1<<48 - 1

// sender is the sending half: from what is owed and written to records.
type sender struct {
	writer record.Writer
	client bool
	hello  bool // something was sent: the next record is not the first
	done   bool // the handshake is complete
	half   bool // server: data may be sent before the handshake is done
	closed bool
	update bool            // the peer asked for new keys
	detour bool            // update, or somebody looks: records do not take the short way
	asked  bool            // the peer was asked for new keys; mailbox.updated says that it has changed them
	early  uint32          // bytes of early data that a client may still send
	err    error           // sticky
	keys   *handshake.Keys // in force; nil before there are any

	updates uint64 // KeyUpdates sent
}

// configure shapes the records that follow as the Config says.
func (s *sender) configure(cfg *Config) {
	fragment := cfg.MaxFragment
	if fragment == 0 {
		fragment = record.MaxPlaintext
	}
	s.writer.SetMaxPlaintext(fragment)
	s.writer.SetPadding(cfg.PadTo)
}

// Owes reports whether Flush would append anything. Either half may ask.
func (e *Engine) Owes() bool {
	if p := e.sleep.parked.Load(); p != nil {
		return p.owes
	}
	return e.mail.owes.Load()
}

// Flush appends what the engine owes the peer, in order, and nothing else.
func (e *Engine) Flush(out []byte) []byte {
	e.wake()
	out, _ = e.flush(out)
	return out
}

// Send appends what the engine owes and then plain as records, of which it
// keeps nothing. It needs a complete handshake. out grows by
// [Engine.Overhead] at most. plain must not overlap out's free part.
//
// An error says that nothing of plain was sent; what was owed is in out all the
// same. ErrKeyLimit is for keys that cannot change, of TLS 1.2: less may still
// go. Only where an AEAD of the Config's own fails in the middle, part of plain
// is in out, and that error stays.
func (e *Engine) Send(out, plain []byte) ([]byte, error) {
	e.wake()
	out, err := e.flush(out)
	switch {
	case err != nil:
		return out, err
	case e.send.closed:
		return out, ErrClosed
	case !e.send.done:
		return out, ErrHandshakeNotDone
	}
	return e.sendData(out, plain)
}

// sendData seals plain, and changes the keys when they have sealed enough.
//
// "If the request_update field is set to "update_requested", then the receiver
// MUST send a KeyUpdate of its own with request_update set to
// "update_not_requested" prior to sending its next Application Data record."
// RFC 9846, Section 4.7.3. It waits for that record, so that any number of
// requests gets one answer.
func (e *Engine) sendData(out, plain []byte) ([]byte, error) {
	if e.send.writer.Takes(len(plain)) && !e.send.detour {
		return e.send.writer.Append(out, record.ApplicationData, plain)
	}
	if !e.send.renews(len(plain)) {
		return e.sendLast(out, plain)
	}
	for len(plain) > 0 {
		var err error
		if e.send.writer.Remaining() == 0 || e.send.update {
			if out, err = e.update(out, handshake.UpdateNotRequested); err != nil {
				return out, err
			}
		}
		n := len(plain) // a record holds a byte at least
		if left := e.send.writer.Remaining(); left < uint64(n) {
			n = min(n, int(left)*record.MinFragment)
		}
		if out, err = e.seal(out, record.ApplicationData, plain[:n]); err != nil {
			return out, e.broken(err)
		}
		plain = plain[n:]
	}
	return out, nil
}

// renews reports whether the keys may change as often as n bytes could need.
//
// "Note that it is not possible to perform a KeyUpdate for early data;
// therefore, implementations MUST NOT exceed the limits when sending early
// data." RFC 9846, Section 5.5.
func (s *sender) renews(n int) bool {
	return s.keys.Version == VersionTLS13 && s.keys.Epoch == handshake.Application && maxKeyUpdates-s.updates > uint64(n)
}

// sendLast seals plain under keys that are the last, or says that it is too
// much for them.
//
// "If a sending implementation receives a KeyUpdate with request_update set to
// "update_requested", it MUST NOT send its own KeyUpdate if that would cause it
// to exceed these limits and SHOULD instead ignore the "update_requested"
// flag." RFC 9846, Section 4.7.3.
func (e *Engine) sendLast(out, plain []byte) ([]byte, error) {
	e.send.update = false
	e.chooseWay()
	if !e.send.writer.Fits(len(plain)) {
		return out, ErrKeyLimit
	}
	out, err := e.seal(out, record.ApplicationData, plain)
	if err != nil {
		return out, e.broken(err)
	}
	return out, nil
}

// SendEarly appends what the engine owes and then plain as early data: a
// client's 0-RTT data, which may be replayed (RFC 9846, Section 8), or a
// server's data to a client that has not proved yet that it is there. It is a
// call of its own so that it is never mistaken for ordinary data. An error says
// that nothing of plain was sent.
func (e *Engine) SendEarly(out, plain []byte) ([]byte, error) {
	e.wake()
	out, err := e.flush(out)
	s := &e.send
	switch {
	case err != nil:
		return out, err
	case s.closed:
		return out, ErrClosed
	case s.done || s.keys == nil:
		return out, ErrNoEarlyData
	case s.client && s.keys.Epoch == handshake.EarlyData:
		if uint64(len(plain)) > uint64(s.early) || !s.writer.Fits(len(plain)) {
			return out, ErrEarlyDataLimit
		}
		s.early -= uint32(len(plain))
	case !s.client && s.keys.Epoch == handshake.Application && s.half:
	default:
		return out, ErrNoEarlyData
	}
	return e.sendData(out, plain)
}

// EarlyDataLeft is how many bytes of early data a client may still send, as
// far as the engine has been flushed.
func (e *Engine) EarlyDataLeft() int {
	e.wake()
	if e.send.keys == nil || e.send.keys.Epoch != handshake.EarlyData || !e.send.client {
		return 0
	}
	return int(e.send.early)
}

// Overhead is how many bytes longer than itself n bytes of plaintext become,
// but for what the engine owes besides.
func (e *Engine) Overhead(n int) int {
	e.wake()
	return e.send.writer.Overhead(n)
}

// Close appends what the engine owes and then close_notify. This side sends
// nothing more; the other may go on. A second Close appends nothing.
//
// RFC 9846, Section 6.1.
func (e *Engine) Close(out []byte) []byte {
	e.wake()
	out, err := e.flush(out)
	if err != nil || e.send.closed {
		return out
	}
	out = e.appendAlert(out, alert.Warning, alert.CloseNotify)
	e.send.closed = true
	e.mail.stop()
	return out
}

// Abort appends what the engine owes and then a fatal alert, which ends the
// sending half.
func (e *Engine) Abort(out []byte, a Alert) []byte {
	e.wake()
	out, err := e.flush(out)
	if err != nil || e.send.closed {
		return out
	}
	out = e.appendAlert(out, alert.Fatal, a)
	e.send.closed = true
	e.mail.stop()
	return out
}

// UpdateKeys appends what the engine owes and then a KeyUpdate, after which
// this side's records are under new keys; with UpdateRequested the peer is
// asked to do the same, unless it was and did not yet. The engine does it by
// itself before keys have sealed too much.
//
// RFC 9846, Section 4.7.3.
func (e *Engine) UpdateKeys(out []byte, request handshake.KeyUpdateRequest) ([]byte, error) {
	e.wake()
	out, err := e.flush(out)
	switch {
	case err != nil:
		return out, err
	case e.send.closed:
		return out, ErrClosed
	case !e.send.done:
		return out, ErrHandshakeNotDone
	case !e.send.renews(0):
		return out, ErrKeyUpdate
	}
	return e.update(out, e.askOnce(request))
}

// askOnce asks the peer for nothing that it was asked for already.
//
// "Until receiving a subsequent KeyUpdate from the peer, the sender MUST NOT
// send another KeyUpdate with request_update set to "update_requested"."
// RFC 9846, Section 4.7.3.
func (e *Engine) askOnce(request handshake.KeyUpdateRequest) handshake.KeyUpdateRequest {
	if e.mail.updated.Swap(false) {
		e.send.asked = false
	}
	if request == handshake.UpdateRequested && e.send.asked {
		return handshake.UpdateNotRequested
	}
	e.send.asked = e.send.asked || request == handshake.UpdateRequested
	return request
}

// update says KeyUpdate under the old keys and changes them.
func (e *Engine) update(out []byte, request handshake.KeyUpdateRequest) ([]byte, error) {
	m := handshake.KeyUpdate{RequestUpdate: request}
	var buf [8]byte
	msg := m.Append(buf[:0])
	e.tellKeyUpdate(msg)
	out, err := e.seal(out, record.Handshake, msg)
	if err != nil {
		return out, e.broken(err)
	}
	next := *e.send.keys
	next.Secret = keyschedule.NextTraffic(next.Suite.Hash, next.Secret)
	e.install(e.send.keys, &next)
	e.send.update = false
	e.send.updates++
	e.chooseWay()
	return out, nil
}

// chooseWay says which way application data takes.
func (a *active) chooseWay() { a.send.detour = a.send.update || a.m.Tracer() != nil }

// install changes what is sent to the keys.
func (e *Engine) install(before, k *handshake.Keys) {
	s := &e.send
	defer wipe(s.keys)
	s.keys = k
	if k.Suite == nil {
		s.writer.SetKeys(nil, keyschedule.Keys{})
		return
	}
	keys := recordKeys(k)
	e.tellTraffic(before, k, &keys)
	s.writer.SetKeys(k.Suite, keys)
}

// flush carries out what the receiving half left in the mailbox. The error is
// what has ended the sending half.
func (e *Engine) flush(out []byte) ([]byte, error) {
	if e.mail.full.Load() {
		out = e.collectMail(out)
	}
	return out, e.send.err
}

func (e *Engine) collectMail(out []byte) []byte {
	items, a, ended := e.mail.take()
	for i := range items {
		out = e.deliver(out, &items[i])
	}
	if e.send.err == nil && ended != nil {
		e.send.err = ended
		if a != nil && !e.send.closed {
			out = e.appendAlert(out, alert.Fatal, *a)
		}
		e.send.over()
	}
	return out
}

// over wipes the keys: nothing is said any more.
func (s *sender) over() {
	s.writer.Forget()
	wipe(s.keys)
	s.writer, s.keys, s.done, s.update = record.Writer{}, nil, false, false
}

// wipe forgets keys that nothing is protected with any more.
func wipe(k *handshake.Keys) {
	if k != nil {
		*k = handshake.Keys{}
	}
}

// deliver carries out one output.
func (e *Engine) deliver(out []byte, o *handshake.Output) []byte {
	s := &e.send
	if s.closed || s.err != nil {
		return out
	}
	switch o.Kind {
	case handshake.OutMessage:
		out, _ = e.appendRecords(out, record.Handshake, o.Data)
	case handshake.OutChangeCipherSpec:
		out, _ = e.appendRecords(out, record.ChangeCipherSpec, []byte{1})
	case handshake.OutConfig:
		s.configure(e.mail.config)
	case handshake.OutUpdateSendKeys:
		s.update = true
		e.chooseWay()
	case handshake.OutSendKeys:
		e.install(nil, o.Keys)
		s.early, s.half = o.Keys.EarlyLimit, o.Keys.HalfRTT
	case handshake.OutDone:
		s.done = true
	}
	return out
}

func (e *Engine) appendRecords(out []byte, t record.ContentType, data []byte) ([]byte, error) {
	s := &e.send
	// "a record containing an initial ClientHello … MAY also be 0x0301 for
	// compatibility purposes." RFC 9846, Section 5.1.
	version := uint16(record.RecordVersion)
	if s.client && !s.hello {
		version = 0x0301
	}
	s.hello = true
	s.writer.SetVersion(version)
	out, err := e.seal(out, t, data)
	if err != nil {
		return out, e.broken(err)
	}
	return out, nil
}

func (e *Engine) appendAlert(out []byte, level alert.Level, a Alert) []byte {
	var buf [2]byte
	out, err := e.appendRecords(out, record.Alert, record.AppendAlert(buf[:0], level, a))
	if err != nil {
		e.send.err = err
		return out
	}
	e.tellAlert(hook.Sent, level, a)
	return out
}

// broken makes an error of our own records sticky.
func (e *Engine) broken(err error) error {
	if e.send.err == nil {
		e.send.err = err
	}
	return err
}
