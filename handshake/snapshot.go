package handshake

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/wire"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// What is wrong with the bytes that an engine is to be thawed from. Nothing
// was made of them.
var (
	// ErrSnapshotDamaged: they are not a snapshot, or not a whole one.
	ErrSnapshotDamaged = errors.New("the snapshot is damaged")

	// ErrSnapshotVersion: they are of a format that is not known here.
	ErrSnapshotVersion = errors.New("the snapshot is of an unknown format")

	// ErrSnapshotConfig: they need a Config of another kind than the one given.
	ErrSnapshotConfig = errors.New("the snapshot does not fit the Config")
)

// The snapshot of an engine is written in the presentation language of RFC
// 9846, Section 3; each group has its struct in the comment of what writes it.
// Structs are only ever appended to, and each addition is a new format, the
// first byte of a snapshot. An "optional" has a byte in front that is 1 if it
// is there, else 0, and then nothing follows. Integers whose meaning is an
// enumeration of this package ([State], [OutputKind], [Epoch],
// [EarlyDataStatus], [Carrier]) have its values, which therefore never change.
// Suites, groups and schemes are code points.

// Freezer writes the state of a machine, and of what else a carrier has of it.
// It fails once and stays failed.
type Freezer struct {
	wire.Builder
	err error
}

// NewFreezer returns a Freezer that appends to dst.
func NewFreezer(dst []byte) *Freezer { return &Freezer{Builder: wire.NewBuilder(dst)} }

// Done returns dst with everything appended.
func (f *Freezer) Done() ([]byte, error) {
	b, ok := f.Builder.Done()
	if f.err == nil && !ok {
		f.err = errors.New("a part of the state is too long for a snapshot")
	}
	return b, f.err
}

func (f *Freezer) fail(err error) {
	if f.err == nil {
		f.err = err
	}
}

// Bool writes a uint8, 0 or 1.
func (f *Freezer) Bool(b bool) {
	if b {
		f.Uint8(1)
	} else {
		f.Uint8(0)
	}
}

// Optional writes whether something is there, and then what f writes of it.
func (f *Freezer) Optional(present bool, write func()) {
	f.Bool(present)
	if present {
		write()
	}
}

// secret writes opaque secret<0..48>.
func (f *Freezer) secret(s *keyschedule.Secret) { f.Opaque8(s.Bytes()) }

// Suite writes a suite, or 0 for nil.
func (f *Freezer) Suite(s *cipher.Suite) {
	if s == nil {
		f.Uint16(0)
		return
	}
	f.Uint16(uint16(s.ID))
}

func (f *Freezer) group(g *group.Group) {
	if g == nil {
		f.Uint16(0)
		return
	}
	f.Uint16(uint16(g.ID))
}

// seed is what a key can be made of again.
func (f *Freezer) seed(key group.PrivateKey) []byte {
	seed := key.Seed()
	if len(seed) == 0 {
		f.fail(errors.New("an ephemeral key has no seed to be frozen"))
	}
	return seed
}

// list writes each byte string as opaque<0..2^24-1>, all in a vector
// <0..2^24-1>.
func (f *Freezer) list(list [][]byte) {
	f.Vector24(func() {
		for _, b := range list {
			f.Opaque24(b)
		}
	})
}

// Thawer reads what a Freezer wrote. It fails once and stays failed; what it
// returns then means nothing. It keeps no reference to the bytes.
type Thawer struct {
	wire.Reader
	cfg    *Config
	format uint8
	err    error
}

// NewThawer reads a snapshot of the format. The Config is that of the engine.
func NewThawer(cfg *Config, format uint8, b []byte) *Thawer {
	return &Thawer{Reader: wire.NewReader(b), cfg: cfg, format: format}
}

// Done reports what was wrong, or that not all was read.
func (t *Thawer) Done() error {
	switch {
	case t.err != nil:
		return t.err
	case !t.Reader.Done():
		return ErrSnapshotDamaged
	}
	return nil
}

// Err reports what was wrong so far.
func (t *Thawer) Err() error {
	if t.err == nil && t.Failed() {
		return ErrSnapshotDamaged
	}
	return t.err
}

// Damaged makes the Thawer fail.
func (t *Thawer) Damaged() { t.fail(ErrSnapshotDamaged) }

func (t *Thawer) fail(err error) {
	if t.err == nil && !t.Failed() {
		t.err = err
	}
	t.Reader.Fail()
}

// unfit makes the Thawer fail for something that the Config has not.
func (t *Thawer) unfit(format string, args ...any) {
	t.fail(fmt.Errorf("%w: "+format, append([]any{ErrSnapshotConfig}, args...)...))
}

// Bool reads what Freezer.Bool wrote, and nothing else.
func (t *Thawer) Bool() bool {
	b := t.Uint8()
	if b > 1 {
		t.Damaged()
	}
	return b == 1
}

// Optional calls read if something is there.
func (t *Thawer) Optional(read func()) {
	if t.Bool() {
		read()
	}
}

// Opaque24 reads opaque<0..2^24-1>, a copy; nil if it is empty.
func (t *Thawer) Opaque24() []byte { return copied(t.Vector24()) }

func (t *Thawer) opaque8() []byte  { return copied(t.Vector8()) }
func (t *Thawer) opaque16() []byte { return copied(t.Vector16()) }

// fill reads as many bytes as b has.
func (t *Thawer) fill(b []byte) { copy(b, t.Bytes(len(b))) }

func copied(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return slices.Clone(b)
}

func (t *Thawer) secret() keyschedule.Secret {
	b := t.Vector8()
	if len(b) > cipher.MaxHashSize {
		t.Damaged()
		return keyschedule.Secret{}
	}
	return keyschedule.SecretOf(b)
}

// Suite reads a suite that the Config has; nil if there was none.
func (t *Thawer) Suite() *cipher.Suite {
	id := cipher.ID(t.Uint16())
	if id == 0 || t.Failed() {
		return nil
	}
	s := t.cfg.suite(id)
	if s == nil {
		t.unfit("it has no cipher suite %v", id)
	}
	return s
}

// group reads a group that the Config has; nil if there was none.
func (t *Thawer) group() *group.Group {
	id := group.ID(t.Uint16())
	if id == 0 || t.Failed() {
		return nil
	}
	g := t.cfg.group(id)
	if g == nil {
		t.unfit("it has no group %v", id)
	}
	return g
}

// key makes a key again.
func (t *Thawer) key(g *group.Group, seed []byte) group.PrivateKey {
	key, err := g.Restore(seed)
	if err != nil {
		t.Damaged()
	}
	return key
}

// hash reads a hash; none is allowed.
func (t *Thawer) hash() cipher.Hash {
	h := cipher.Hash(t.Uint8())
	if h != 0 && h.Size() == 0 {
		t.Damaged()
	}
	return h
}

// list reads what Freezer.list wrote.
func (t *Thawer) list() (list [][]byte) {
	for r := wire.NewReader(t.Vector24()); !r.Empty(); {
		list = append(list, slices.Clone(r.Vector24()))
		if r.Failed() {
			t.Damaged()
			return nil
		}
	}
	return list
}
