package tlsengine

import (
	"bytes"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/record"
	"github.com/tlsengine/tlsengine/trace/hook"
)

// What a Config's Tracer is told of records, of the keys under them, and of
// alerts; package handshake tells the rest. With a Tracer no record takes the
// short way through Receive and Send. Without one there is nothing of it on
// that way, and elsewhere a comparison with nil.

// receiveTold is the rest of Receive, told.
func (e *Engine) receiveTold(t hook.Tracer, in []byte) (n int, ev Event, err error) {
	n, rec, err := e.nextTold(t, in)
	switch {
	case err != nil:
		return 0, Event{}, e.refuse(err)
	case n == 0:
		return 0, Event{Kind: EventNeedMore, Need: e.recv.reader.Need(in)}, nil
	}
	ev, err = e.take(rec)
	return n, ev, err
}

// nextTold is the reader's Next, told.
func (e *Engine) nextTold(t hook.Tracer, in []byte) (int, record.Record, error) {
	r, k := &e.recv.reader, e.recv.keys
	told := hook.Record{Direction: hook.Received, Wire: firstRecord(in)}
	before := r.State().Sequence
	n, rec, err := r.Next(in)
	if told.Wire == nil {
		return n, rec, err
	}
	opened := r.State().Sequence != before
	switch outer := record.ContentType(told.Wire[0]); {
	case opened:
		protectedBy(&told, k, before)
		told.Inner = innerOf(in[:len(told.Wire)], k)
	case err == nil && rec.Type == record.Invalid: // early data that was refused
		told.Protected, told.Epoch = true, hook.EarlyData
	case err != nil && k != nil && (outer == record.ApplicationData || k.Version == VersionTLS12):
		protectedBy(&told, k, before)
	}
	t.Record(told)
	return n, rec, err
}

// firstRecord is a copy of the record in front, or nil if none is whole.
func firstRecord(b []byte) []byte {
	h, ok := record.ParseHeader(b)
	if n := record.HeaderLen + h.Length; ok && n <= len(b) && h.Type >= record.ChangeCipherSpec && h.Type <= record.ApplicationData {
		return bytes.Clone(b[:n])
	}
	return nil
}

// protectedBy says what protects a record.
func protectedBy(r *hook.Record, k *handshake.Keys, seq uint64) {
	r.Protected, r.Epoch, r.Seq, r.Suite = true, hook.Epoch(k.Epoch), seq, uint16(k.Suite.ID)
	if k.Version == VersionTLS13 {
		r.Secret = bytes.Clone(k.Secret.Bytes())
	} else {
		r.Secret = bytes.Clone(k.Block.Key[:k.Block.KeyLen])
	}
}

// innerOf is a copy of what a record holds that was opened in place.
func innerOf(opened []byte, k *handshake.Keys) []byte {
	return bytes.Clone(opened[record.HeaderLen+k.Suite.ExplicitNonce : len(opened)-cipher.Overhead])
}

// seal appends data as records, and tells of them if anybody looks.
func (e *Engine) seal(out []byte, typ record.ContentType, data []byte) ([]byte, error) {
	w := &e.send.writer
	if e.m.Tracer() == nil {
		return w.Append(out, typ, data)
	}
	before, old := w.State().State, len(out)
	out, err := w.Append(out, typ, data)
	if err == nil {
		e.tellSealed(before, out[old:])
	}
	return out, err
}

// tellSealed tells of records of ours, by opening them again.
func (e *Engine) tellSealed(before record.State, sealed []byte) {
	var r record.Reader
	k := e.send.keys
	if before.Suite != 0 {
		_ = r.Restore(record.ReaderState{State: before}, k.Suite) // the state is the Writer's
	}
	for wire := firstRecord(sealed); wire != nil; wire = firstRecord(sealed) {
		told := hook.Record{Direction: hook.Sent, Wire: wire}
		sealed = sealed[len(wire):]
		seq, copied := r.State().Sequence, bytes.Clone(wire)
		if _, rec, err := r.Next(copied); err == nil && rec.Protected {
			protectedBy(&told, k, seq)
			told.Inner = innerOf(copied, k)
		}
		e.m.Tracer().Record(told)
	}
}

// tellAlert tells of an alert.
func (e *Engine) tellAlert(d hook.Direction, level alert.Level, a Alert) {
	if t := e.m.Tracer(); t != nil {
		t.Alert(hook.Alert{Direction: d, Level: uint8(level), Description: uint8(a)})
	}
}

// tellKeyUpdate tells of our KeyUpdate.
func (e *Engine) tellKeyUpdate(msg []byte) {
	if t := e.m.Tracer(); t != nil {
		t.Message(hook.Message{Direction: hook.Sent, Bytes: bytes.Clone(msg), Epoch: hook.Application})
	}
}

// tellTraffic tells of the key and the IV of a traffic secret, and of how it
// comes of the one before it, if it does.
func (e *Engine) tellTraffic(before, k *handshake.Keys, keys *keyschedule.Keys) {
	t := e.m.Tracer()
	if t == nil || k.Version != VersionTLS13 {
		return
	}
	tell := func(from *handshake.Keys, label string, out []byte) {
		t.Derive(hook.Derivation{
			Op: hook.ExpandLabel, Hash: k.Suite.Hash.String(), Secret: bytes.Clone(from.Secret.Bytes()), Label: label, Out: bytes.Clone(out),
		})
	}
	if before != nil {
		tell(before, "traffic upd", k.Secret.Bytes())
	}
	tell(k, "key", keys.Key[:keys.KeyLen])
	tell(k, "iv", keys.IV[:keys.IVLen])
}
