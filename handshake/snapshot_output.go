package handshake

import (
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/wire"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// Outputs writes outputs that a carrier has not carried out yet.
//
//	struct {
//	    OutputKind kind;
//	    Epoch epoch;
//	    opaque data<0..2^24-1>;
//	    optional Keys keys;
//	} Output;
//
//	Output outputs<0..2^24-1>;
func (f *Freezer) Outputs(list []Output) {
	f.Vector24(func() {
		for i := range list {
			o := &list[i]
			f.Uint8(uint8(o.Kind))
			f.Uint8(uint8(o.Epoch))
			f.Opaque24(o.Data)
			f.Keys(o.Keys)
		}
	})
}

// Outputs reads what Freezer.Outputs wrote; nil for none.
func (t *Thawer) Outputs() (list []Output) {
	t.Within(t.Vector24(), func() { list = append(list, t.output()) })
	return list
}

func (t *Thawer) output() Output {
	o := Output{Kind: OutputKind(t.Uint8()), Epoch: Epoch(t.Uint8()), Data: t.Opaque24(), Keys: t.Keys()}
	keys := o.Kind == OutSendKeys || o.Kind == OutRecvKeys
	if o.Kind == 0 || o.Kind > OutConfig || o.Epoch > Application || keys != (o.Keys != nil) {
		t.Damaged()
	}
	return o
}

// Within reads a vector as often as it has anything.
func (t *Thawer) Within(vector []byte, read func()) {
	rest := t.Reader
	if t.Failed() {
		return
	}
	t.Reader = wire.NewReader(vector)
	for !t.Empty() {
		read()
	}
	if t.Failed() {
		t.Damaged()
		return
	}
	t.Reader = rest
}

// Keys writes what protects one direction; nil is nothing yet.
//
//	struct {
//	    Epoch epoch;
//	    ProtocolVersion version;
//	    CipherSuite suite;                      /* 0: no protection              */
//	    opaque secret<0..48>;                   /* TLS 1.3                       */
//	    opaque key<0..32>;                      /* TLS 1.2                       */
//	    opaque iv<0..12>;                       /* TLS 1.2: as much as derived   */
//	    uint32 early_limit;
//	    uint8 half_rtt;
//	} Keys;
//
//	optional Keys keys;
func (f *Freezer) Keys(k *Keys) {
	f.Optional(k != nil, func() {
		f.Uint8(uint8(k.Epoch))
		f.Uint16(uint16(k.Version))
		f.Suite(k.Suite)
		f.secret(&k.Secret)
		f.Opaque8(k.Block.Key[:k.Block.KeyLen])
		f.Opaque8(k.Block.IV[:k.Block.IVLen])
		f.Uint32(k.EarlyLimit)
		f.Bool(k.HalfRTT)
	})
}

// Keys reads what Freezer.Keys wrote.
func (t *Thawer) Keys() (k *Keys) {
	t.Optional(func() {
		k = &Keys{
			Epoch: Epoch(t.Uint8()), Version: Version(t.Uint16()), Suite: t.Suite(),
			Secret: t.secret(), Block: t.block(), EarlyLimit: t.Uint32(), HalfRTT: t.Bool(),
		}
		t.keysFit(k)
	})
	return k
}

func (t *Thawer) block() (k keyschedule.Keys) {
	key, iv := t.Vector8(), t.Vector8()
	if len(key) > cipher.MaxKeySize || len(iv) > cipher.NonceSize {
		t.Damaged()
		return k
	}
	k.KeyLen, k.IVLen = uint8(copy(k.Key[:], key)), uint8(copy(k.IV[:], iv))
	return k
}

// keysFit holds keys to their suite, version and epoch.
func (t *Thawer) keysFit(k *Keys) {
	switch {
	case k.Epoch > Application:
		t.Damaged()
	case k.Suite == nil: // no protection
		if k.Epoch != Initial || k.Secret.Len() != 0 || k.Block != (keyschedule.Keys{}) {
			t.Damaged()
		}
	case k.Suite.Version != uint16(k.Version) || k.Epoch == Initial:
		t.Damaged()
	case k.Suite.TLS13():
		if k.Secret.Len() != k.Suite.Hash.Size() || k.Block != (keyschedule.Keys{}) {
			t.Damaged()
		}
	case k.Secret.Len() != 0, int(k.Block.KeyLen) != k.Suite.KeyLen, int(k.Block.IVLen) != k.Suite.IVLen:
		t.Damaged()
	}
}
