package tlsengine

import (
	"math"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/record"
)

// freeze writes the receiving half.
//
//	struct {
//	    optional Keys keys;
//	    uint64 sequence;            /* of the next record                     */
//	    uint8 empty;                /* records without content in a row       */
//	    uint32 skip;                /* 1 + rejected early data still dropped  */
//	    opaque unread<0..2^24-1>;   /* handshake messages, incomplete or next */
//	    Output outputs<0..2^24-1>;  /* not carried out yet                    */
//	    uint8 closed;
//	    uint8 proved;
//	    uint8 warnings;
//	    uint8 quiet;
//	    uint8 change_cipher_specs;
//	    uint32 early;               /* bytes of early data so far             */
//	    Failure failure;
//	} Receiver;
func (r *receiver) freeze(f *handshake.Freezer) {
	state := r.reader.State()
	if r.err != nil { // nothing counts any more; it may be past its limit
		state.Empty, state.SkipEarlyData = 0, 0
	}
	f.Keys(r.keys)
	f.Uint64(state.Sequence)
	f.Uint8(uint8(state.Empty))
	f.Uint32(uint32(state.SkipEarlyData))
	f.Opaque24(r.asm.Unread())
	f.Outputs(r.outputs)
	f.Bool(r.closed)
	f.Bool(r.proved)
	f.Uint8(r.warnings)
	f.Uint8(r.quiet)
	f.Uint8(r.ccs)
	f.Uint32(r.early)
	freezeFailure(f, r.err)
}

func (r *receiver) thaw(t *handshake.Thawer) {
	var state record.ReaderState
	r.keys = t.Keys()
	state.Sequence = t.Uint64()
	state.Empty, state.SkipEarlyData = int(t.Uint8()), int(t.Uint32())
	if unread := t.Opaque24(); unread != nil {
		_ = r.asm.Add(unread) // an empty one takes anything
		r.asm.Retain()
	}
	r.outputs = t.Outputs()
	r.closed, r.proved = t.Bool(), t.Bool()
	r.warnings, r.quiet, r.ccs = t.Uint8(), t.Uint8(), t.Uint8()
	r.early, r.err = t.Uint32(), thawFailure(t)
	suite := protect(&state.State, r.keys)
	if t.Err() == nil && r.reader.Restore(state, suite) != nil {
		t.Damaged()
	}
}

// protect fills in what is derived from the keys, and returns their suite.
func protect(s *record.State, k *handshake.Keys) *cipher.Suite {
	if k == nil || k.Suite == nil {
		return nil
	}
	s.Suite, s.Keys = k.Suite.ID, recordKeys(k)
	return k.Suite
}

// freeze writes the sending half.
//
//	struct {
//	    optional Keys keys;
//	    uint64 sequence;
//	    uint16 max_plaintext;
//	    uint16 padding;
//	    uint8 hello;                /* something was sent                     */
//	    uint8 done;
//	    uint8 half_rtt;
//	    uint8 closed;
//	    uint8 update;               /* the peer asked for one                 */
//	    uint8 asked;                /* the peer was asked for one             */
//	    uint64 count;               /* under early data's keys how much of it */
//	                                /* is left, else KeyUpdates sent          */
//	    uint8 failed;               /* 1: as the receiving half, 2: alone     */
//	    Failure failure;            /* of 2                                   */
//	} Sender;
func (s *sender) freeze(f *handshake.Freezer, received error) {
	state := s.writer.State()
	f.Keys(s.keys)
	f.Uint64(state.Sequence)
	f.Uint16(uint16(state.MaxPlaintext))
	f.Uint16(uint16(state.Padding))
	for _, b := range []bool{s.hello, s.done, s.half, s.closed, s.update, s.asked} {
		f.Bool(b)
	}
	f.Uint64(uint64(s.early) + s.updates) // one of them is 0
	switch s.err {
	case nil:
		f.Uint8(sendsOn)
	case received:
		f.Uint8(failedWithReceiver)
	default:
		f.Uint8(failedAlone)
		freezeFailure(f, s.err)
	}
}

const (
	sendsOn uint8 = iota
	failedWithReceiver
	failedAlone
)

func (s *sender) thaw(t *handshake.Thawer, received error) {
	var state record.WriterState
	s.keys = t.Keys()
	state.Sequence, state.MaxPlaintext, state.Padding = t.Uint64(), int(t.Uint16()), int(t.Uint16())
	for _, b := range []*bool{&s.hello, &s.done, &s.half, &s.closed, &s.update, &s.asked} {
		*b = t.Bool()
	}
	s.setCount(t)
	switch t.Uint8() {
	case sendsOn:
	case failedWithReceiver:
		s.err = received
	case failedAlone:
		s.err = thawFailure(t)
	default:
		t.Damaged()
	}
	suite := protect(&state.State, s.keys)
	if t.Err() == nil && s.writer.Restore(state, suite) != nil {
		t.Damaged()
	}
}

// setCount reads how often what may happen a limited number of times may
// happen still, or has happened.
func (s *sender) setCount(t *handshake.Thawer) {
	count, most := t.Uint64(), uint64(maxKeyUpdates)
	early := s.keys != nil && s.keys.Epoch == handshake.EarlyData
	if early {
		most = math.MaxUint32
	}
	switch {
	case count > most:
		t.Damaged()
	case early:
		s.early = uint32(count)
	default:
		s.updates = count
	}
}

// freeze writes what the sending half has not done yet.
//
//	struct {
//	    uint8 updated;              /* the peer has changed its keys          */
//	    Output items<0..2^24-1>;
//	    uint8 ended;                /* by the receiving half's failure        */
//	    optional AlertDescription alert;
//	} Mailbox;
func (b *mailbox) freeze(f *handshake.Freezer) {
	f.Bool(b.updated.Load())
	f.Outputs(b.items)
	f.Bool(b.err != nil)
	f.Optional(b.alert != nil, func() { f.Uint8(uint8(*b.alert)) })
}

func (b *mailbox) thaw(t *handshake.Thawer, received error) {
	b.updated.Store(t.Bool())
	for _, o := range t.Outputs() {
		b.post(o)
	}
	ended := t.Bool()
	var a *Alert
	t.Optional(func() { a = new(Alert(t.Uint8())) })
	switch {
	case t.Err() != nil:
	case ended && received != nil:
		b.end(received, a)
	case ended || a != nil:
		t.Damaged()
	}
}
