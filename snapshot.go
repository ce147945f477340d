package tlsengine

import (
	"crypto/sha256"
	"errors"

	"github.com/tlsengine/tlsengine/handshake"
)

// Errors of [Thaw]. No engine was made.
var (
	// ErrSnapshotDamaged: the bytes are not a snapshot, or not a whole one.
	ErrSnapshotDamaged = handshake.ErrSnapshotDamaged

	// ErrSnapshotVersion: the bytes are of a format that is not known here.
	ErrSnapshotVersion = handshake.ErrSnapshotVersion

	// ErrSnapshotKind: the bytes are of something else than is to be thawed: an
	// Engine, a QUICConn, a Detached.
	ErrSnapshotKind = errors.New("the snapshot is of another kind")

	// ErrSnapshotConfig: the Config lacks what the connection needs (its
	// suite, an offered group, its application protocol, …), is for another
	// server, or cannot be used at all.
	ErrSnapshotConfig = handshake.ErrSnapshotConfig
)

// ErrFrozen is the error of every call to an engine that was frozen.
var ErrFrozen = errors.New("the engine was frozen")

const (
	snapshotFormat = 1
	digestLen      = 8
)

// The kinds of snapshots.
const (
	engineSnapshot uint8 = iota
	quicSnapshot
	detachedSnapshot
)

// Freeze appends the whole engine to dst, so that [Thaw] can give it back in
// any process that has an equivalent Config, and ends this one: from here on
// its error is ErrFrozen. It may be called at any moment, of any handshake and
// after it, while no other call is under way, and not inside a loop over Feed.
// Bytes that the engine has not eaten are the caller's to hand over, but for
// those that Feed keeps, which are in the snapshot. An engine that has failed
// can be frozen too: the snapshot is then of its error and the alert that is
// owed.
//
// The bytes hold the connection's secrets and are not encrypted: who reads
// them reads the connection. An engine must be thawed from them once. Two of
// the same snapshot would use the same nonces under the same key, which gives
// the plaintext away and more; nothing in the bytes can prevent that, so
// delete them, or mark them as used, before the engine sends.
//
// With an error nothing was appended, and the engine is as it was. It comes
// from an ephemeral key of a Config's own Group that has no Seed.
//
// The format, in the presentation language of RFC 9846, Section 3, with what
// package handshake says of its parts:
//
//	struct {
//	    uint8 format = 1;
//	    uint8 kind = 0;
//	    Machine machine;
//	    Receiver receiver;
//	    Sender sender;
//	    Mailbox mailbox;
//	    opaque tail<0..2^24-1>;     /* of Feed                                */
//	    opaque digest[8];           /* SHA-256 of all before, truncated       */
//	} Snapshot;
//
// The digest finds damage; it does not protect against who means harm.
func (e *Engine) Freeze(dst []byte) ([]byte, error) {
	e.wake()
	if err := e.gone(); err != nil {
		return dst, err
	}
	if e.recv.err != nil {
		e.m.End(e.recv.err)
	}
	out, err := sealSnapshot(dst, engineSnapshot, e.freeze)
	if err != nil {
		return dst, err
	}
	e.end(ErrFrozen)
	return out, nil
}

// sealSnapshot appends what write writes, between format and kind, and digest.
func sealSnapshot(dst []byte, kind uint8, write func(*handshake.Freezer)) ([]byte, error) {
	f := handshake.NewFreezer(dst)
	f.Uint8(snapshotFormat)
	f.Uint8(kind)
	write(f)
	out, err := f.Done()
	if err != nil {
		return dst, err
	}
	digest := sha256.Sum256(out[len(dst):])
	return append(out, digest[:digestLen]...), nil
}

// Thaw gives back the engine that [Engine.Freeze] wrote. It keeps no reference
// to data. The Config must be equivalent to the one that was in force
// ([Engine.Config]): the same names, questions and limits, and at least the
// same suites, groups and schemes, each in any implementation; Credentials,
// Roots and ticket keys matter for what is still to come.
//
// [ReadSnapshot] helps to choose among Configs. Errors are ErrSnapshotDamaged,
// ErrSnapshotVersion, ErrSnapshotKind and ErrSnapshotConfig.
func Thaw(cfg *Config, data []byte) (*Engine, error) {
	content, err := openSnapshot(data, engineSnapshot)
	if err != nil {
		return nil, err
	}
	a, err := thaw(handshake.NewThawer(cfg, snapshotFormat, content))
	if err != nil {
		return nil, err
	}
	return &Engine{active: a}, nil
}

// SnapshotInfo is what a snapshot says about its engine.
type SnapshotInfo = handshake.SnapshotInfo

// ReadSnapshot says what is in a snapshot, so that a Config can be chosen for
// [Thaw]. Its errors are ErrSnapshotDamaged and ErrSnapshotVersion.
func ReadSnapshot(data []byte) (SnapshotInfo, error) {
	content, err := checkSnapshot(data)
	if err != nil {
		return SnapshotInfo{}, err
	}
	return handshake.ReadMachineInfo(content[1:])
}

// openSnapshot returns the content of a snapshot of that kind.
func openSnapshot(data []byte, kind uint8) ([]byte, error) {
	content, err := checkSnapshot(data)
	if err == nil && content[0] != kind {
		err = ErrSnapshotKind
	}
	if err != nil {
		return nil, err
	}
	return content[1:], nil
}

// checkSnapshot checks the format and the digest, and returns what is between.
func checkSnapshot(data []byte) ([]byte, error) {
	if len(data) < 2+digestLen {
		return nil, ErrSnapshotDamaged
	}
	if data[0] != snapshotFormat {
		return nil, ErrSnapshotVersion
	}
	end := len(data) - digestLen
	digest := sha256.Sum256(data[:end])
	if string(digest[:digestLen]) != string(data[end:]) {
		return nil, ErrSnapshotDamaged
	}
	return data[1:end], nil
}

// gone says why an engine cannot be taken away any more.
func (e *Engine) gone() error {
	if err := e.recv.err; err == ErrFrozen || err == ErrDetached {
		return err
	}
	return nil
}

// end takes everything out of an engine but an error.
func (e *Engine) end(err error) {
	e.recv.reader.Forget()
	e.send.writer.Forget()
	for _, k := range []*handshake.Keys{e.recv.keys, e.send.keys} {
		if k != nil {
			*k = handshake.Keys{}
		}
	}
	e.m.End(err)
	m := e.m
	e.active = &active{m: m}
	e.recv.err, e.send.err = err, err
}

// ended is an engine that has nothing but an error.
func ended(cfg *Config, err error) *active {
	a := &active{m: handshake.Ended(cfg, err)}
	a.recv.err, a.send.err = err, err
	return a
}

// freeze writes all but format and digest.
func (a *active) freeze(f *handshake.Freezer) {
	f.Machine(a.m)
	a.recv.freeze(f)
	a.send.freeze(f, a.recv.err)
	a.mail.freeze(f)
	f.Opaque24(a.tail)
}

func thaw(t *handshake.Thawer) (*active, error) {
	a, err := thawParts(t)
	if err == nil {
		err = t.Done()
	}
	if err != nil {
		return nil, err
	}
	if !a.sound() {
		return nil, ErrSnapshotDamaged
	}
	return a, nil
}

func thawParts(t *handshake.Thawer) (*active, error) {
	m := t.Machine()
	if m == nil {
		return nil, t.Err()
	}
	a := activate(m, m.Config())
	a.recv.thaw(t)
	a.send.thaw(t, a.recv.err)
	a.chooseWay()
	a.mail.thaw(t, a.recv.err)
	if a.send.closed {
		a.mail.stop()
	}
	a.tail = t.Opaque24()
	if err := t.Err(); err != nil {
		return nil, err
	}
	if a.recv.err != nil {
		m.End(a.recv.err)
	}
	return a, nil
}
