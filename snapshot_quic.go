package tlsengine

import (
	"github.com/tlsengine/tlsengine/handshake"
)

// Freeze appends the whole handshake to dst for [ThawQUIC], and ends this one,
// by the rules of [Engine.Freeze]. Packets, their numbers and their keys are
// QUIC's to hand over; secrets whose events have not been taken are in the
// snapshot.
//
//	struct {
//	    uint8 format = 1;
//	    uint8 kind = 1;
//	    Machine machine;
//	    uint8 level;                /* of the CRYPTO bytes that come next     */
//	    opaque unread<0..2^24-1>;
//	    QUICEvent events<0..2^24-1>;
//	    uint32 quiet;               /* messages after the handshake           */
//	    Failure failure;
//	    opaque digest[8];
//	} QUICSnapshot;
//
//	struct {
//	    uint8 kind;
//	    uint8 level;
//	    CipherSuite suite;          /* 0: none                                */
//	    opaque data<0..2^24-1>;
//	    uint8 half_rtt;
//	} QUICEvent;
func (q *QUICConn) Freeze(dst []byte) ([]byte, error) {
	switch {
	case q.err == ErrFrozen:
		return dst, q.err
	case q.err != nil:
		q.m.End(q.err)
	}
	out, err := sealSnapshot(dst, quicSnapshot, q.freeze)
	if err != nil {
		return dst, err
	}
	q.m.End(ErrFrozen)
	*q = QUICConn{m: q.m, level: q.level, limits: q.limits, err: ErrFrozen}
	return out, nil
}

func (q *QUICConn) freeze(f *handshake.Freezer) {
	f.Machine(q.m)
	f.Uint8(uint8(q.level))
	f.Opaque24(q.asm.Unread())
	f.Vector24(func() {
		for _, ev := range q.events[q.seen:] {
			f.Uint8(uint8(ev.Kind))
			f.Uint8(uint8(ev.Level))
			f.Suite(ev.Suite)
			f.Opaque24(ev.Data)
			f.Bool(ev.HalfRTT)
		}
	})
	f.Uint32(uint32(q.quiet))
	freezeFailure(f, q.err)
}

// ThawQUIC gives back what [QUICConn.Freeze] wrote, by the rules of [Thaw].
func ThawQUIC(cfg *Config, data []byte) (*QUICConn, error) {
	content, err := openSnapshot(data, quicSnapshot)
	if err != nil {
		return nil, err
	}
	t := handshake.NewThawer(cfg, snapshotFormat, content)
	m := t.Machine()
	if m == nil {
		return nil, t.Err()
	}
	q := newQUIC(m, m.Config())
	q.thaw(t)
	if err := t.Done(); err != nil {
		return nil, err
	}
	if m.Carrier() != handshake.QUIC || q.level > QUICApplication || (q.err != nil) != m.Ended() {
		return nil, ErrSnapshotDamaged
	}
	if q.err != nil {
		m.End(q.err)
	}
	return q, nil
}

func (q *QUICConn) thaw(t *handshake.Thawer) {
	q.level = QUICLevel(t.Uint8())
	if unread := t.Opaque24(); unread != nil {
		_ = q.asm.Add(unread) // an empty one takes anything
		q.asm.Retain()
	}
	t.Within(t.Vector24(), func() {
		q.events = append(q.events, QUICEvent{
			Kind: QUICEventKind(t.Uint8()), Level: QUICLevel(t.Uint8()), Suite: t.Suite(), Data: t.Opaque24(), HalfRTT: t.Bool(),
		})
	})
	q.quiet, q.err = int(t.Uint32()), thawFailure(t)
}
