package handshake

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/alert"
)

// distinct are n empty extensions, of types that are all different.
func distinct(n int) Extensions {
	var x Extensions
	for i := range n {
		x = AppendEmpty(x, ExtensionType(i*7919)) // a prime: every type comes once
	}
	return x
}

// maxCount is how many extensions fit into one block.
const maxCount = MaxExtensions / 4

func TestDuplicatesAreFoundWhereverTheyAre(t *testing.T) {
	for _, n := range []int{1, 2, 23, 24, 25, 26, 100, maxCount - 1} {
		x := distinct(n)
		_, err := parseExtensions(x, MsgEncryptedExtensions)
		require.NoError(t, err, "%d different extensions", n)
		for _, i := range []int{0, n / 2, n - 1} {
			again := ExtensionType(i * 7919)
			_, err := parseExtensions(AppendEmpty(x, again), MsgEncryptedExtensions)
			requireReason(t, err, "extension %d of %d comes again", i, n)
			require.Equal(t, alert.DuplicateExtension, err.(*alert.Error).Reason)
		}
	}
}

func TestCodeSetHoldsEveryCodePoint(t *testing.T) {
	var s codeSet
	for v := range 1 << 16 {
		require.True(t, s.add(uint16(v)), "%d is new", v)
	}
	for v := range 1 << 16 {
		require.False(t, s.add(uint16(v)), "%d is not", v)
	}
}

// helloOf is a ClientHello with these extensions.
func helloOf(x Extensions) ClientHello {
	return ClientHello{
		LegacyVersion: VersionTLS12, CipherSuites: unhex("1301"), LegacyCompressionMethods: unhex("00"), Extensions: x,
	}
}

// TestManyExtensionsCostLinearWork: a quadratic search takes a tenth of a
// second or more for this, a linear one a tenth of a millisecond.
func TestManyExtensionsCostLinearWork(t *testing.T) {
	ch := helloOf(distinct(maxCount))
	body := ch.Append(nil)[headerLen:]
	best := time.Hour
	for range 20 {
		start := time.Now()
		_, err := ParseClientHello(body)
		best = min(best, time.Since(start))
		require.NoError(t, err)
	}
	require.Less(t, best, 5*time.Millisecond)
}

func TestManyKeySharesCostLinearWork(t *testing.T) {
	data := make([]byte, 2, MaxExtensions)
	for i := range (MaxExtensions - 2) / 5 {
		data = binary.BigEndian.AppendUint16(data, uint16(i))
		data = append(data, 0, 1, 0xaa)
	}
	binary.BigEndian.PutUint16(data, uint16(len(data)-2))
	best := time.Hour
	for range 20 {
		start := time.Now()
		_, err := ParseKeyShareCH(data)
		best = min(best, time.Since(start))
		require.NoError(t, err)
	}
	require.Less(t, best, 5*time.Millisecond)
}

func TestExtensionsAreEdited(t *testing.T) {
	x := AppendExtension(nil, 1, []byte("one"))
	x = AppendEmpty(x, 2)
	x = AppendExtension(x, 3, []byte("three"))
	require.Equal(t, 3, x.Len())
	require.True(t, x.Has(2))
	require.False(t, x.Has(4))

	data, ok := x.Get(2)
	require.True(t, ok && data != nil && len(data) == 0, "an empty extension is there")
	data, ok = x.Get(4)
	require.True(t, !ok && data == nil, "a missing one is not")

	all := x.All()
	for range 2 {
		n := 0
		for range all {
			n++
		}
		require.Equal(t, 3, n, "a sequence can be gone through again")
	}

	before := append(Extensions{}, x...)
	want := AppendExtension(nil, 1, []byte("uno"))
	want = AppendExtension(AppendEmpty(want, 2), 3, []byte("three"))
	require.Equal(t, want, x.With(1, []byte("uno")), "With changes an extension in its place")
	require.Equal(t, AppendExtension(before, 4, []byte("four")), x.With(4, []byte("four")), "or adds it at the end")
	require.Equal(t, AppendExtension(AppendExtension(nil, 1, []byte("one")), 3, []byte("three")), x.Without(2))
	require.Equal(t, before, x.Without(9))
	require.Equal(t, before, x, "x stays as it is")
	require.NotNil(t, x.Without(1).Without(2).Without(3), "a block without extensions is not a missing block")
}

func TestTooLongExtensionsPanicBeforeTheyAreSent(t *testing.T) {
	require.Panics(t, func() { AppendExtension(nil, 1, make([]byte, 1<<16)) })
	require.Panics(t, func() { AppendCookie(nil, make([]byte, 1<<16-2)) })
	ch := helloOf(make(Extensions, MaxExtensions+1))
	require.Panics(t, func() { ch.Append(nil) })
	ch = helloOf(AppendExtension(nil, 1, make([]byte, MaxExtensions-4)))
	require.Len(t, ch.Extensions, MaxExtensions)
	require.NotPanics(t, func() { ch.Append(nil) })
}
