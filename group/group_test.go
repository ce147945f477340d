package group

import (
	"bytes"
	"crypto/sha3"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// stream gives the same bytes for the same name.
func stream(name string) io.Reader {
	s := sha3.NewSHAKE128()
	s.Write([]byte(name))
	return s
}

// sizes are those of the registry's references: RFC 8446, RFC 8422, RFC 7748
// and draft-ietf-tls-ecdhe-mlkem.
var sizes = map[ID]struct{ clientShare, serverShare, secret int }{
	X25519:             {32, 32, 32},
	X448:               {56, 56, 56},
	P256:               {65, 65, 32},
	P384:               {97, 97, 48},
	P521:               {133, 133, 66},
	X25519MLKEM768:     {1216, 1120, 64},
	SecP256r1MLKEM768:  {1249, 1153, 64},
	SecP384r1MLKEM1024: {1665, 1665, 80},
}

func each(t *testing.T, f func(t *testing.T, g *Group)) {
	for _, g := range All() {
		t.Run(g.Name, func(t *testing.T) { f(t, g) })
	}
}

func TestClientAndServerAgree(t *testing.T) {
	each(t, func(t *testing.T, g *Group) {
		key, err := g.Generate(stream("client"))
		require.NoError(t, err)
		share, secret, err := g.Respond(stream("server"), key.Share())
		require.NoError(t, err)
		got, err := key.Secret(share)
		require.NoError(t, err)
		require.Equal(t, secret, got)

		want := sizes[g.ID]
		require.Len(t, key.Share(), want.clientShare)
		require.Len(t, share, want.serverShare)
		require.Len(t, secret, want.secret)
	})
}

func TestTwoKeysAgreeInTLS12(t *testing.T) {
	each(t, func(t *testing.T, g *Group) {
		if !g.TLS12 {
			return
		}
		client, err := g.Generate(stream("client"))
		require.NoError(t, err)
		server, err := g.Generate(stream("server"))
		require.NoError(t, err)
		a, err := client.Secret(server.Share())
		require.NoError(t, err)
		b, err := server.Secret(client.Share())
		require.NoError(t, err)
		require.Equal(t, a, b)
	})
}

func TestSameRandomBytesGiveSameSharesAndSecrets(t *testing.T) {
	each(t, func(t *testing.T, g *Group) {
		run := func(client, server string) [3]string {
			key, err := g.Generate(stream(client))
			require.NoError(t, err)
			share, secret, err := g.Respond(stream(server), key.Share())
			require.NoError(t, err)
			return [3]string{string(key.Share()), string(share), string(secret)}
		}
		first := run("client", "server")
		require.Equal(t, first, run("client", "server"))

		other := run("another client", "server")
		require.NotEqual(t, first[0], other[0], "the client's bytes make its share")
		other = run("client", "another server")
		require.Equal(t, first[0], other[0])
		require.NotEqual(t, first[1], other[1], "the server's bytes make its share")
		require.NotEqual(t, first[2], other[2])
	})
}

func TestKeyIsRestoredFromItsSeed(t *testing.T) {
	each(t, func(t *testing.T, g *Group) {
		key, err := g.Generate(stream("client"))
		require.NoError(t, err)
		seed := key.Seed()
		thawed, err := g.Restore(seed)
		require.NoError(t, err)
		clear(seed)
		require.NotEqual(t, seed, key.Seed(), "the seed given out is a copy")
		require.Equal(t, key.Seed(), thawed.Seed(), "the seed taken is copied")
		require.Equal(t, key.Share(), thawed.Share())

		share, secret, err := g.Respond(stream("server"), key.Share())
		require.NoError(t, err)
		got, err := thawed.Secret(share)
		require.NoError(t, err)
		require.Equal(t, secret, got)
	})
}

func TestSeedOfAnotherLengthIsRefused(t *testing.T) {
	each(t, func(t *testing.T, g *Group) {
		key, err := g.Generate(stream("client"))
		require.NoError(t, err)
		seed := key.Seed()
		for _, bad := range [][]byte{nil, {}, seed[1:], append(seed, 0)} {
			_, err := g.Restore(bad)
			require.ErrorIs(t, err, ErrSeed)
		}
	})
}

func TestNISTScalarOutOfRangeIsRefused(t *testing.T) {
	for _, id := range []ID{P256, P384, P521, SecP256r1MLKEM768, SecP384r1MLKEM1024} {
		key, err := Lookup(id).Generate(stream("client"))
		require.NoError(t, err)
		n := len(key.Seed())
		for _, fill := range []byte{0, 0xFF} {
			_, err := Lookup(id).Restore(bytes.Repeat([]byte{fill}, n))
			require.ErrorIs(t, err, ErrSeed, "%v of %02x", id, fill)
		}
	}
}

type constant byte

func (c constant) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c)
	}
	return len(p), nil
}

func TestBrokenRandomSourceIsAnErrorNotALoop(t *testing.T) {
	for _, id := range []ID{P256, P384, P521, SecP256r1MLKEM768, SecP384r1MLKEM1024} {
		_, err := Lookup(id).Generate(constant(0))
		require.ErrorIs(t, err, errRandom)
	}
}

func TestScalarOutOfRangeIsDrawnAgain(t *testing.T) {
	want := bytes.Repeat([]byte{1}, 32)
	rand := io.MultiReader(bytes.NewReader(bytes.Repeat([]byte{0xFF}, 32)), bytes.NewReader(want))
	key, err := Lookup(P256).Generate(rand)
	require.NoError(t, err)
	require.Equal(t, want, key.Seed())
}

func TestP521DrawsAllOfItsScalarsFromTwoDraws(t *testing.T) {
	key, err := Lookup(P521).Generate(constant(0xA5))
	require.NoError(t, err)
	require.Equal(t, append([]byte{0x01}, bytes.Repeat([]byte{0xA5}, 65)...), key.Seed())
}

func TestFailingRandomSourceFailsTheExchange(t *testing.T) {
	broken := errors.New("no entropy")
	each(t, func(t *testing.T, g *Group) {
		key, err := g.Generate(stream("client"))
		require.NoError(t, err)
		// Cut the source after every number of bytes that it is asked for.
		for n := 0; n < len(key.Seed()); n += 7 {
			rand := io.MultiReader(io.LimitReader(stream("x"), int64(n)), failing{broken})
			_, err := g.Generate(rand)
			require.Error(t, err, "after %d bytes", n)
			require.NotErrorIs(t, err, ErrShare)
		}
		_, _, err = g.Respond(failing{broken}, key.Share())
		require.ErrorIs(t, err, broken)
		_, _, err = g.Respond(io.MultiReader(io.LimitReader(stream("x"), 31), failing{broken}), key.Share())
		require.Error(t, err)
		require.NotErrorIs(t, err, ErrShare)
	})
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestTable(t *testing.T) {
	var names []string
	for _, g := range Default() {
		names = append(names, g.ID.String())
	}
	require.Equal(t, []string{"X25519MLKEM768", "x25519", "secp256r1", "secp384r1", "secp521r1"}, names)

	require.Len(t, All(), len(sizes))
	for _, g := range All() {
		require.Same(t, g, Lookup(g.ID))
		require.Contains(t, sizes, g.ID)
		require.Equal(t, sizes[g.ID].clientShare < 1000, g.TLS12, "TLS 1.2 has no KEM")
	}
	require.Nil(t, Lookup(0))
	require.Equal(t, "0x0100", ID(0x0100).String())

	Default()[0] = nil
	require.NotNil(t, Default()[0], "the slice is the caller's")
}

// One P-256 key costs the standard library 7 allocations or 8, a secret as many.
func TestAllocations(t *testing.T) {
	limits := map[ID]struct{ generate, respond, secret float64 }{
		X25519:             {2, 3, 1},
		X448:               {2, 3, 1},
		P256:               {10, 17, 7},
		P384:               {16, 29, 13},
		P521:               {35, 48, 13},
		X25519MLKEM768:     {9, 7, 2},
		SecP256r1MLKEM768:  {17, 21, 8},
		SecP384r1MLKEM1024: {23, 33, 14},
	}
	each(t, func(t *testing.T, g *Group) {
		limit, rand := limits[g.ID], stream("allocations")
		key, err := g.Generate(rand)
		require.NoError(t, err)
		share, _, err := g.Respond(rand, key.Share())
		require.NoError(t, err)
		require.LessOrEqual(t, testing.AllocsPerRun(5, func() { g.Generate(rand) }), limit.generate)
		require.LessOrEqual(t, testing.AllocsPerRun(5, func() { g.Respond(rand, key.Share()) }), limit.respond)
		require.LessOrEqual(t, testing.AllocsPerRun(5, func() { key.Secret(share) }), limit.secret)
	})
}
