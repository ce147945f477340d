package group

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
)

// refuse gives a client and a server of the group a bad share each, and expects
// the same error of both.
func refuse(t *testing.T, g *Group, toServer, toClient []byte, want error) {
	t.Helper()
	key, err := g.Generate(stream("client"))
	require.NoError(t, err)
	share, secret, err := g.Respond(stream("server"), toServer)
	require.ErrorIs(t, err, want)
	require.ErrorIs(t, err, ErrShare)
	require.Nil(t, share)
	require.Nil(t, secret)
	secret, err = key.Secret(toClient)
	require.ErrorIs(t, err, want)
	require.ErrorIs(t, err, ErrShare)
	require.Nil(t, secret)
}

// honest is a client's share and the answer to it.
func honest(t *testing.T, g *Group) (client, server []byte) {
	t.Helper()
	key, err := g.Generate(stream("client"))
	require.NoError(t, err)
	server, _, err = g.Respond(stream("server"), key.Share())
	require.NoError(t, err)
	return bytes.Clone(key.Share()), server
}

func TestShareOfAnotherLengthIsRefused(t *testing.T) {
	each(t, func(t *testing.T, g *Group) {
		client, server := honest(t, g)
		refuse(t, g, nil, nil, errLength)
		refuse(t, g, []byte{}, []byte{}, errLength)
		refuse(t, g, client[:1], server[:1], errLength)
		refuse(t, g, client[1:], server[1:], errLength)
		refuse(t, g, client[:len(client)-1], server[:len(server)-1], errLength)
		refuse(t, g, append(client, 0), append(server, 0), errLength)
	})
}

// lowOrder has every u-coordinate of low order, in each encoding that fits: the
// list is that of cr.yp.to/ecdh.html#validate, cut to 255 bits.
var lowOrder25519 = []string{
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // p-1
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // p, is 0
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // p+1, is 1
}

var lowOrder448 = []string{
	"0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
	"fefffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffffffffffffffffffffffffffffffffffffffffffffffffff", // p-1
	"fffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffffffffffffffffffffffffffffffffffffffffffffffffff", // p
	"00000000000000000000000000000000000000000000000000000000ffffffffffffffffffffffffffffffffffffffffffffffffffffffff", // p+1
}

func TestPointOfLowOrderIsRefused(t *testing.T) {
	for _, s := range lowOrder25519 {
		point := unhex(t, s)
		for _, top := range []byte{0, 0x80} { // RFC 7748: the top bit is masked
			point[31] = point[31]&0x7F | top
			refuse(t, Lookup(X25519), point, point, errLowOrder)

			g := Lookup(X25519MLKEM768)
			client, server := honest(t, g)
			refuse(t, g, append(client[:1184:1184], point...), append(server[:1088:1088], point...), errLowOrder)
		}
	}
	for _, s := range lowOrder448 {
		point := unhex(t, s)
		refuse(t, Lookup(X448), point, point, errLowOrder)
	}
}

func TestNISTShareThatIsNoPointIsRefused(t *testing.T) {
	for _, id := range []ID{P256, P384, P521, SecP256r1MLKEM768, SecP384r1MLKEM1024} {
		g := Lookup(id)
		n := map[ID]int{P256: 65, P384: 97, P521: 133, SecP256r1MLKEM768: 65, SecP384r1MLKEM1024: 97}[id]
		for name, spoil := range map[string]func(point []byte){
			"off the curve":                  func(p []byte) { p[n-1] ^= 1 },
			"of the other curve of the x":    func(p []byte) { clear(p[1:]); p[n-1] = 1 },
			"all zero":                       func(p []byte) { clear(p) },
			"zero coordinates":               func(p []byte) { clear(p[1:]) },
			"x not below the field's prime":  func(p []byte) { fill(p[1:1+n/2], 0xFF) },
			"y not below the field's prime":  func(p []byte) { fill(p[1+n/2:], 0xFF) },
			"in compressed form":             func(p []byte) { p[0] = 2 | p[n-1]&1 },
			"in hybrid form, even y":         func(p []byte) { p[0] = 6 },
			"in hybrid form, odd y":          func(p []byte) { p[0] = 7 },
			"with a form nobody has defined": func(p []byte) { p[0] = 5 },
		} {
			t.Run(g.Name+" "+name, func(t *testing.T) {
				client, server := honest(t, g)
				spoil(client[:n])
				spoil(server[:n])
				refuse(t, g, client, server, errPoint)
			})
		}
	}
}

// FIPS 203, Section 7.2: every coefficient of an encapsulation key is below
// q = 3329.
func TestMLKEMKeyThatIsNotCanonicalIsRefused(t *testing.T) {
	for _, c := range []struct {
		id        ID
		at, polys int
	}{
		{X25519MLKEM768, 0, 3},
		{SecP256r1MLKEM768, 65, 3},
		{SecP384r1MLKEM1024, 97, 4},
	} {
		g := Lookup(c.id)
		for _, i := range []int{0, 1, 127, 255, 256 * c.polys / 2, 256*c.polys - 2, 256*c.polys - 1} {
			for _, value := range []int{3329, 3330, 4095} {
				client, _ := honest(t, g)
				setCoefficient(client[c.at:], i, value)
				_, _, err := g.Respond(stream("server"), client)
				require.ErrorIs(t, err, errModulus, "%v: coefficient %d is %d", g.ID, i, value)
				require.ErrorIs(t, err, ErrShare)
			}
			client, _ := honest(t, g)
			setCoefficient(client[c.at:], i, 3328)
			_, _, err := g.Respond(stream("server"), client)
			require.NoError(t, err, "%v: coefficient %d is q-1", g.ID, i)
		}
	}
}

func TestShareWithBothPartsWrongIsRefusedForItsCurve(t *testing.T) {
	g := Lookup(X25519MLKEM768)
	client, _ := honest(t, g)
	setCoefficient(client, 0, 4095)
	clear(client[1184:])
	_, _, err := g.Respond(stream("server"), client)
	require.ErrorIs(t, err, errLowOrder)
}

// FIPS 203, Section 6.3: a ciphertext of the right length always gives a
// secret, and a changed one gives another that depends on all of it.
func TestChangedCiphertextGivesAnotherSecretAndNoError(t *testing.T) {
	for _, c := range []struct {
		id               ID
		at, n, secretsAt int
	}{
		{X25519MLKEM768, 0, 1088, 0},
		{SecP256r1MLKEM768, 65, 1088, 32},
		{SecP384r1MLKEM1024, 97, 1568, 48},
	} {
		g := Lookup(c.id)
		key, err := g.Generate(stream("client"))
		require.NoError(t, err)
		server, secret, err := g.Respond(stream("server"), key.Share())
		require.NoError(t, err)
		seen := map[string]bool{string(secret): true}
		for _, i := range []int{0, c.n / 2, c.n - 1} {
			changed := bytes.Clone(server)
			changed[c.at+i] ^= 0x10
			got, err := key.Secret(changed)
			require.NoError(t, err)
			require.False(t, seen[string(got)])
			seen[string(got)] = true
			again, err := key.Secret(changed)
			require.NoError(t, err)
			require.Equal(t, got, again, "the rejection is deterministic")
			clear(got[c.secretsAt : c.secretsAt+32])
			want := bytes.Clone(secret)
			clear(want[c.secretsAt : c.secretsAt+32])
			require.Equal(t, want, got, "the curve's part is as before")
		}
	}
}

func FuzzShare(f *testing.F) {
	var keys []PrivateKey
	for i, g := range All() {
		key, err := g.Generate(stream("client"))
		require.NoError(f, err)
		keys = append(keys, key)
		f.Add(uint8(i), key.Share())
		f.Add(uint8(i), make([]byte, len(key.Share())))
	}
	f.Fuzz(func(t *testing.T, i uint8, share []byte) {
		g, key := All()[int(i)%len(keys)], keys[int(i)%len(keys)]
		if _, _, err := g.Respond(stream("server"), share); err != nil {
			require.ErrorIs(t, err, ErrShare)
		}
		if _, err := key.Secret(share); err != nil {
			require.ErrorIs(t, err, ErrShare)
		}
		if restored, err := g.Restore(share); err == nil {
			require.Equal(t, share, restored.Seed())
		}
	})
}

// setCoefficient sets coefficient i of an encoded vector of 12-bit numbers.
func setCoefficient(b []byte, i, value int) {
	b = b[i/2*3:]
	if i%2 == 0 {
		b[0], b[1] = byte(value), b[1]&0xF0|byte(value>>8)
	} else {
		b[1], b[2] = b[1]&0x0F|byte(value<<4), byte(value>>4)
	}
}

func fill(b []byte, v byte) {
	for i := range b {
		b[i] = v
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}
