package tlsengine

import (
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/record"
)

// Freeze appends all of the Detached to dst for [ThawDetached], and ends this
// one, by the rules of [Engine.Freeze]. The records go on where they are made.
//
//	struct {
//	    uint8 format = 1;
//	    uint8 kind = 2;
//	    Machine machine;
//	    Receiver receiver;          /* sequence and all of records is 0       */
//	    Sender sender;
//	    Mailbox mailbox;
//	    opaque tail<0..2^24-1>;     /* Unread                                 */
//	    uint64 send_sequence;       /* of SendKeys                            */
//	    uint64 receive_sequence;    /* of ReceiveKeys                         */
//	    Unsent queue<0..2^24-1>;
//	    opaque digest[8];
//	} DetachedSnapshot;
//
//	struct {
//	    ContentType type;
//	    opaque content<0..2^16-1>;
//	    uint8 update;               /* the keys change after it               */
//	} Unsent;
func (d *Detached) Freeze(dst []byte) ([]byte, error) {
	switch err := d.e.recv.err; {
	case err == ErrFrozen:
		return dst, err
	case err != nil:
		d.e.m.End(err)
	}
	out, err := sealSnapshot(dst, detachedSnapshot, d.freeze)
	if err != nil {
		return dst, err
	}
	d.e.end(ErrFrozen)
	d.queue = nil
	return out, nil
}

func (d *Detached) freeze(f *handshake.Freezer) {
	d.e.freeze(f)
	f.Uint64(d.sendSequence)
	f.Uint64(d.receiveSequence)
	f.Vector24(func() {
		for _, u := range d.queue {
			f.Uint8(uint8(u.typ))
			f.Opaque16(u.content)
			f.Bool(u.update)
		}
	})
}

// ThawDetached gives back what [Detached.Freeze] wrote, by the rules of
// [Thaw].
func ThawDetached(cfg *Config, data []byte) (*Detached, error) {
	content, err := openSnapshot(data, detachedSnapshot)
	if err != nil {
		return nil, err
	}
	t := handshake.NewThawer(cfg, snapshotFormat, content)
	a, err := thawParts(t)
	if err != nil {
		return nil, err
	}
	d := &Detached{e: Engine{active: a}, sendSequence: t.Uint64(), receiveSequence: t.Uint64()}
	t.Within(t.Vector24(), func() {
		d.queue = append(d.queue, unsent{record.ContentType(t.Uint8()), copied(t.Vector16()), t.Bool()})
	})
	if err := t.Done(); err != nil {
		return nil, err
	}
	if !d.sound() {
		return nil, ErrSnapshotDamaged
	}
	a.recv.reader, a.send.writer = record.Reader{}, record.Writer{}
	return d, nil
}

// sound reports whether it is what an engine can become.
func (d *Detached) sound() bool {
	for _, u := range d.queue {
		if len(u.content) == 0 || len(u.content) > record.MaxPlaintext || u.update && d.e.send.keys.Version != VersionTLS13 {
			return false
		}
	}
	return d.e.sound() && d.e.m.Done() && d.e.send.done && len(d.e.recv.outputs) == 0
}
