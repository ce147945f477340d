package handshake

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"hash"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/picture"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// A filler knows what types of this package take.
type filler struct{ t *testing.T }

var (
	ofHash       = reflect.TypeFor[hash.Hash]()
	ofPrivateKey = reflect.TypeFor[group.PrivateKey]()
)

// special is a value of a type that takes only some.
func (f filler) special(t reflect.Type, bytes func(n int) []byte) any {
	switch reflect.Zero(t).Interface().(type) {
	case Version:
		return VersionTLS13
	case cipher.Hash:
		return cipher.SHA256
	case cipher.ID:
		return cipher.TLS_AES_128_GCM_SHA256
	case *cipher.Suite:
		return cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)
	case *group.Group:
		return group.Lookup(group.X25519)
	case keyschedule.Secret:
		return keyschedule.SecretOf(bytes(32))
	case EarlyDataStatus:
		return EarlyDataReplay
	case Carrier:
		return QUIC
	}
	switch t {
	case ofHash:
		h := sha256.New()
		h.Write(bytes(100))
		return h
	case ofPrivateKey:
		key, err := group.Lookup(group.X25519).Generate(rand.Reader)
		require.NoError(f.t, err)
		return key
	}
	return nil
}

// filled returns a T with something in every field.
func filled[T any](t *testing.T) *T {
	v := new(T)
	picture.Fill(v, picture.Engine, filler{t}.special)
	return v
}

func TestEveryFieldComesBack(t *testing.T) {
	hello, retry := filledHello(), filledRetry()
	cases := map[string]func(t *testing.T) (want any, write func(*Freezer), read func(*Thawer) any){
		"facts": func(t *testing.T) (any, func(*Freezer), func(*Thawer) any) {
			x := filled[Facts](t)
			return x, func(f *Freezer) { f.facts(x) }, func(t *Thawer) any {
				t.cfg.ALPN = []string{x.ALPN}
				y := &Facts{}
				t.facts(y)
				return y
			}
		},
		"peer": func(t *testing.T) (any, func(*Freezer), func(*Thawer) any) {
			x := filled[peer](t)
			return x, func(f *Freezer) { f.peer(x) }, func(t *Thawer) any { y := &peer{}; t.peer(y); return y }
		},
		"after": func(t *testing.T) (any, func(*Freezer), func(*Thawer) any) {
			x := filled[afterSecrets](t)
			return x, func(f *Freezer) { f.after(x) }, func(t *Thawer) any { y := &afterSecrets{}; t.after(y); return y }
		},
		"keySecrets": func(t *testing.T) (any, func(*Freezer), func(*Thawer) any) {
			x := filled[keySecrets](t)
			return x, func(f *Freezer) { f.keySecrets(x) }, func(t *Thawer) any { return t.keySecrets() }
		},
		"transcript": func(t *testing.T) (any, func(*Freezer), func(*Thawer) any) {
			x := filled[transcript](t)
			return x, func(f *Freezer) { f.transcript(x) }, func(t *Thawer) any { return t.transcript() }
		},
		"request": func(t *testing.T) (any, func(*Freezer), func(*Thawer) any) {
			x := filled[certificateContext](t)
			return x, func(f *Freezer) { f.request(x) }, func(t *Thawer) any { return t.request() }
		},
		"session": func(t *testing.T) (any, func(*Freezer), func(*Thawer) any) {
			x := filled[session](t)
			return x, func(f *Freezer) { f.session(x) }, func(t *Thawer) any { return t.session() }
		},
		"stage12": func(t *testing.T) (any, func(*Freezer), func(*Thawer) any) {
			x := filled[stage12](t)
			return x, func(f *Freezer) { f.stage12(x) }, func(t *Thawer) any { return t.stage12() }
		},
		"offer": func(t *testing.T) (any, func(*Freezer), func(*Thawer) any) {
			x := filled[offer](t)
			x.hello, x.retried = hello, retry
			for i := range x.shares {
				x.shares[i].group = group.X25519
			}
			return x, func(f *Freezer) { f.offer(x) }, func(t *Thawer) any { return t.offer() }
		},
		"server": func(t *testing.T) (any, func(*Freezer), func(*Thawer) any) {
			x := &server{hello: filled[received](t), psk: filled[psk](t), modes: true}
			x.hello.raw = hello
			x.hello.share = KeyShareEntry{Group: group.X25519, KeyExchange: []byte("share")}
			x.psk.index = 1
			return x, func(f *Freezer) { f.serverPart(x) }, func(t *Thawer) any { y := &server{}; t.serverPart(y); return y }
		},
		"outputs": func(t *testing.T) (any, func(*Freezer), func(*Thawer) any) {
			x := filled[struct{ List []Output }](t)
			for i := range x.List {
				x.List[i].Kind, x.List[i].Epoch, x.List[i].Keys.Epoch = OutRecvKeys, Application, Handshake
				x.List[i].Keys.Block = keyschedule.Keys{}
			}
			tls12 := x.List[0].Keys
			tls12.Version, tls12.Suite, tls12.Secret = VersionTLS12, cipher.Lookup(cipher.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384), keyschedule.Secret{}
			tls12.Block = keyschedule.Keys{Key: [32]byte{1, 31: 2}, KeyLen: 32, IV: [12]byte{3, 4, 5, 6}, IVLen: 4}
			return &x.List, func(f *Freezer) { f.Outputs(x.List) }, func(t *Thawer) any { y := t.Outputs(); return &y }
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			want, write, read := c(t)
			f := NewFreezer(nil)
			write(f)
			b, err := f.Done()
			require.NoError(t, err)
			thawer := NewThawer(&Config{}, 1, b)
			got := read(thawer)
			require.NoError(t, thawer.Done())
			require.Empty(t, picture.Differences(picture.Of(want, picture.Engine), picture.Of(got, picture.Engine)))

			for n := range b {
				short := NewThawer(&Config{}, 1, b[:n])
				read(short)
				require.ErrorIs(t, short.Done(), ErrSnapshotDamaged, "%d bytes of %d", n, len(b))
			}
		})
	}
}

// filledHello is a ClientHello with a key share and two PSKs.
func filledHello() []byte {
	m := ClientHello{LegacyVersion: VersionTLS12, CipherSuites: List16Of(cipher.TLS_AES_128_GCM_SHA256), LegacyCompressionMethods: List8[uint8]{0}}
	m.Extensions = AppendKeyShareCH(nil, KeyShareEntry{Group: group.X25519, KeyExchange: []byte("share")})
	identities := PSKIdentitiesOf(PSKIdentity{Identity: []byte("one")}, PSKIdentity{Identity: []byte("two")})
	m.Extensions = AppendPreSharedKeyCH(m.Extensions, OfferedPSKs{Identities: identities, Binders: BlankBinders(32, 32)})
	return m.Append(nil)
}

func filledRetry() []byte {
	m := ServerHello{LegacyVersion: VersionTLS12, Random: HelloRetryRequestRandom, CipherSuite: cipher.TLS_AES_128_GCM_SHA256}
	m.Extensions = AppendKeyShareHRR(nil, group.X25519)
	return m.Append(nil)
}

// The values of enumerations are in snapshots.
func TestNumbersInSnapshotsStay(t *testing.T) {
	require.Equal(t, "0 START, 1 WAIT_SH, 2 WAIT_EE, 3 WAIT_CERT_CR, 4 WAIT_CERT, 5 WAIT_CV, 6 AWAIT_VERDICT, "+
		"7 WAIT_FINISHED, 8 AWAIT_CREDENTIAL, 9 AWAIT_SIGNATURE, 10 CONNECTED, 11 AWAIT_CONFIG, 12 AWAIT_PARAMETERS, "+
		"13 WAIT_CH2, 14 AWAIT_TICKET, 15 AWAIT_RESUME, 16 WAIT_EOED, 17 WAIT12_CERT, 18 WAIT12_STATUS_SKE, "+
		"19 WAIT12_SKE, 20 AWAIT12_VERDICT, 21 WAIT12_CR_DONE, 22 WAIT12_DONE, 23 AWAIT12_CREDENTIAL, "+
		"24 AWAIT12_SIGNATURE, 25 WAIT12_NST, 26 WAIT12_CCS, 27 WAIT12_FINISHED, 28 CONNECTED12, 29 AWAIT12_TICKET, "+
		"30 WAIT12_CKE, 31 WAIT12_CV, 32 AWAIT12_RESUME, ", numbered(numStates), "new states come last")
	require.Equal(t, "0 initial, 1 early data, 2 handshake, 3 application, ", numbered(Application+1))
	require.Equal(t, "0 disabled, 1 offered, 2 accepted, 3 older version, 4 no session offered, 5 session not resumed, "+
		"6 not supported by the session, 7 declined by the peer, 8 hello retry request, 9 ALPN mismatch, "+
		"10 cipher suite mismatch, 11 ticket age skew, 12 possible replay, ", numbered(EarlyDataStatus(len(earlyDataNames))), "new ones come last")
	require.Equal(t, []OutputKind{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}, []OutputKind{
		OutMessage, OutChangeCipherSpec, OutSendKeys, OutRecvKeys, OutUpdateRecvKeys, OutUpdateSendKeys, OutSkipEarlyData,
		OutEarlyDataAccepted, OutEarlyDataRejected, OutParameters, OutDone, OutFlight, OutSession,
	}, "new ones come last")
	require.Equal(t, []Carrier{0, 1}, []Carrier{Records, QUIC})
}

func numbered[T interface {
	~uint8
	fmt.Stringer
}](n T) (s string) {
	for i := range n {
		s += fmt.Sprintf("%d %v, ", uint8(i), i)
	}
	return s
}
