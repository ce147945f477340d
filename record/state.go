package record

import (
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// State is what protects one direction: enough to go on elsewhere, in another
// process or in a kernel. It is secret.
type State struct {
	Suite    cipher.ID        // 0: records are not protected
	Keys     keyschedule.Keys // of the zero value without a Suite
	Sequence uint64           // of the next record
}

// ReaderState is everything a [Reader] remembers, at a record boundary.
type ReaderState struct {
	State
	Empty         int // records without content in a row
	SkipEarlyData int // 1 + how much more rejected early data is dropped; 0: none
}

// WriterState is everything a [Writer] remembers.
type WriterState struct {
	State
	MaxPlaintext int    // the largest content of a record; 0: the constant
	Padding      int    // as set, or 0
	Version      uint16 // as set, or 0
}

// State returns what the Reader remembers.
func (r *Reader) State() ReaderState { return ReaderState{r.prot.state(), int(r.empty), int(r.skip)} }

// State returns what the Writer remembers.
func (w *Writer) State() WriterState {
	return WriterState{w.prot.state(), w.fragment(), int(w.padTo), w.version}
}

// Restore makes the Reader what s was taken from. suite is the one named by
// s.Suite, nil if that is 0; it may have another implementation. An error says
// that they do not fit or that s was never a state; the Reader is then as before.
func (r *Reader) Restore(s ReaderState, suite *cipher.Suite) error {
	prot, err := restore(s.State, suite)
	if err != nil {
		return err
	}
	if s.Empty < 0 || s.Empty > MaxEmptyRecords || s.SkipEarlyData != int(int32(s.SkipEarlyData)) || s.SkipEarlyData < 0 {
		return alert.Internal.Errorf("state of a Reader is invalid")
	}
	*r = Reader{prot, int32(s.Empty), int32(s.SkipEarlyData)}
	return nil
}

// Restore makes the Writer what s was taken from, by the rules of
// [Reader.Restore].
func (w *Writer) Restore(s WriterState, suite *cipher.Suite) error {
	prot, err := restore(s.State, suite)
	if err != nil {
		return err
	}
	s.MaxPlaintext = orDefault(s.MaxPlaintext, MaxPlaintext)
	if s.MaxPlaintext < MinFragment || s.MaxPlaintext > MaxPlaintext || s.Padding < 0 || s.Padding > MaxPlaintext+1 {
		return alert.Internal.Errorf("state of a Writer is invalid")
	}
	*w = Writer{prot: prot, shorter: uint16(MaxPlaintext - s.MaxPlaintext), padTo: uint16(s.Padding), version: s.Version}
	w.last = prot.seq + w.Remaining()
	return nil
}

// Park lets go of everything that can be built again from the keys. The next
// protected record costs that once more.
func (r *Reader) Park() { r.prot.park() }

// Park lets go of everything that can be built again from the keys. The next
// protected record costs that once more.
func (w *Writer) Park() { w.prot.park() }

// Forget wipes the keys. Where there were keys, nothing can be opened any more.
func (r *Reader) Forget() { r.prot.forget() }

// Forget wipes the keys. Where there were keys, nothing can be sealed any more.
func (w *Writer) Forget() { w.prot.forget() }

func (p *protection) state() State {
	if p.suite == nil {
		return State{}
	}
	return State{p.suite.ID, p.keys, p.seq}
}

func restore(s State, suite *cipher.Suite) (protection, error) {
	if suite == nil && s == (State{}) {
		return protection{}, nil
	}
	if suite == nil || suite.ID != s.Suite {
		return protection{}, alert.Internal.Errorf("state is of suite %v, not %v", s.Suite, suite)
	}
	if int(s.Keys.KeyLen) != suite.KeyLen || int(s.Keys.IVLen) != suite.IVLen {
		return protection{}, alert.Internal.Errorf("state has keys that do not fit %v", suite)
	}
	return newProtection(suite, s.Keys, s.Sequence), nil
}
