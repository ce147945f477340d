package quic

import (
	"crypto/aes"
	stdcipher "crypto/cipher"
	"crypto/hkdf"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/chacha20"
	"golang.org/x/crypto/chacha20poly1305"

	"github.com/tlsengine/tlsengine/cipher"
)

// book protects packets by the book, RFC 9001 read anew, over the standard
// library and golang.org/x/crypto alone. It covers what the RFCs have no
// samples of: AES-256, chains of key updates, short headers under AES.
type book struct {
	suite      *cipher.Suite
	aead       stdcipher.AEAD
	iv, hp     []byte
	secret     []byte
	labelStart string
}

func newBook(t *testing.T, v Version, suite *cipher.Suite, secret []byte) *book {
	t.Helper()
	b := &book{suite: suite, secret: secret, labelStart: "quic "}
	if v == V2 {
		b.labelStart = "quicv2 "
	}
	b.hp = b.expand(t, "hp", suite.KeyLen)
	b.rekey(t)
	return b
}

func (b *book) rekey(t *testing.T) {
	b.iv = b.expand(t, "iv", 12)
	b.aead = aeadByTheBook(t, b.suite, b.expand(t, "key", b.suite.KeyLen))
}

func (b *book) update(t *testing.T) {
	b.secret = b.expand(t, "ku", len(b.secret))
	b.rekey(t)
}

func (b *book) expand(t *testing.T, label string, n int) []byte {
	t.Helper()
	label = "tls13 " + b.labelStart + label
	info := []byte{byte(n >> 8), byte(n), byte(len(label))}
	info = append(append(info, label...), 0)
	out, err := hkdf.Expand(b.suite.Hash.New, b.secret, string(info), n)
	require.NoError(t, err)
	return out
}

// protect is Sections 5.3 and 5.4.
func (b *book) protect(t *testing.T, header, payload []byte, number int64) []byte {
	t.Helper()
	nonce := binary.BigEndian.AppendUint64(make([]byte, 4), uint64(number))
	for i := range nonce {
		nonce[i] ^= b.iv[i]
	}
	sealed := b.aead.Seal(nil, nonce, payload, header)
	packet := append(append([]byte(nil), header...), sealed...)

	n := int(header[0]&3) + 1
	at := len(header) - n
	mask := maskByTheBook(t, b.suite, b.hp, packet[at+4:at+20])
	if header[0]&0x80 != 0 {
		packet[0] ^= mask[0] & 0x0f
	} else {
		packet[0] ^= mask[0] & 0x1f
	}
	for i := range n {
		packet[at+i] ^= mask[1+i]
	}
	return packet
}

func aeadByTheBook(t *testing.T, suite *cipher.Suite, key []byte) stdcipher.AEAD {
	t.Helper()
	if suite == chacha {
		aead, err := chacha20poly1305.New(key)
		require.NoError(t, err)
		return aead
	}
	block, err := aes.NewCipher(key)
	require.NoError(t, err)
	aead, err := stdcipher.NewGCM(block)
	require.NoError(t, err)
	return aead
}

func maskByTheBook(t *testing.T, suite *cipher.Suite, hp, sample []byte) []byte {
	t.Helper()
	mask := make([]byte, 16)
	if suite == chacha {
		stream, err := chacha20.NewUnauthenticatedCipher(hp, sample[4:])
		require.NoError(t, err)
		stream.SetCounter(binary.LittleEndian.Uint32(sample))
		stream.XORKeyStream(mask[:5], mask[:5])
		return mask[:5]
	}
	block, err := aes.NewCipher(hp)
	require.NoError(t, err)
	block.Encrypt(mask, sample)
	return mask[:5]
}

func TestPacketsAreThoseOfTheBook(t *testing.T) {
	for _, v := range []Version{V1, V2} {
		for _, suite := range []*cipher.Suite{aes128, aes256, chacha} {
			t.Run(v.String()+" "+suite.String(), func(t *testing.T) {
				secret := random(suite.Hash.Size())
				keys, err := NewKeys(v, suite, secret)
				require.NoError(t, err)
				byTheBook := newBook(t, v, suite, secret)
				for range 5 { // key updates
					for i := range 64 {
						header, payload, number := randomPacket(i)
						packet := protect(t, keys, header, payload, number)
						require.Equal(t, byTheBook.protect(t, header, payload, number), packet)

						at := len(header) - pnLen(header)
						gotHeader, gotPayload, gotNumber := unprotect(t, keys, packet, at, number-1)
						require.Equal(t, header, gotHeader)
						require.Equal(t, payload, gotPayload)
						require.Equal(t, number, gotNumber)
					}
					keys, err = keys.Next()
					require.NoError(t, err)
					byTheBook.update(t)
				}
			})
		}
	}
}

// randomPacket has a long or a short header, a packet number of 1 to 4 bytes
// and the smallest payload that can be sampled, or a larger one.
func randomPacket(i int) (header, payload []byte, number int64) {
	header = random(1 + i%40)
	n := i%4 + 1
	header[0] = header[0]&^3 | byte(n-1)
	number = int64(source.Uint64() >> (2 + source.IntN(62)))
	for j := n - 1; j >= 0; j-- {
		header = append(header, byte(number>>(8*j)))
	}
	return header, random(4 - n + source.IntN(3)*source.IntN(700)), number
}

func TestChaChaBlockIsThatOfTheBook(t *testing.T) {
	for range 1000 {
		secret, sample := random(32), random(SampleSize)
		keys, err := NewKeys(V1, chacha, secret)
		require.NoError(t, err)
		b := newBook(t, V1, chacha, secret)
		mask := keys.Mask((*[SampleSize]byte)(sample))
		require.Equal(t, maskByTheBook(t, chacha, b.hp, sample), mask[:])
	}
}

// RFC 8439, Section 2.3.2.
func TestChaChaBlockOfTheRFC(t *testing.T) {
	var key [8]uint32
	for i := range key {
		key[i] = binary.LittleEndian.Uint32([]byte{byte(4 * i), byte(4*i + 1), byte(4*i + 2), byte(4*i + 3)})
	}
	w0, w1 := chachaBlock(&key, unhex("01000000000000090000004a00000000"))
	require.Equal(t, [2]uint32{0xe4e7f110, 0x15593bd1}, [2]uint32{w0, w1})
}

// draft-ietf-quic-multipath, Section 2.4.
func TestNonceOfAPathIsThatOfTheDraft(t *testing.T) {
	k := &Keys{iv: [12]byte(unhex("6b26114b9cba2b63a9e8dd4f"))}
	var r room
	k.nonce(&r, 3, 54321)
	require.Equal(t, unhex("6b2611489cba2b63a9e8097e"), r.nonce[:])
	k.nonce(&r, 0, 54321)
	require.Equal(t, unhex("6b26114b9cba2b63a9e8097e"), r.nonce[:], "path 0 is as no path")
}

var source = rand.New(rand.NewPCG(9001, 9369))

func random(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(source.Uint32())
	}
	return b
}
