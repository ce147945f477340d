package quic

import (
	"encoding/binary"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// Overhead is how many bytes longer a sealed payload is.
const Overhead = cipher.Overhead

// Keys protect the packets of one encryption level in one direction. They do
// not change, and any number of goroutines may use them at once, as long as
// the suite's AEAD allows it (those of package cipher do).
type Keys struct {
	params *params
	suite  *cipher.Suite
	secret keyschedule.Secret // for Next
	aead   cipher.AEAD
	iv     [cipher.NonceSize]byte
	header headerKey
	rooms  rooms
}

// NewKeys returns the Keys of a secret that TLS gave out (RFC 9001, Section
// 5.1), which it copies.
//
// The error is [ErrVersion], [ErrSuite] for a suite other than the three of
// TLS 1.3, [ErrSecret], or that of the suite's own New.
func NewKeys(v Version, suite *cipher.Suite, secret []byte) (*Keys, error) {
	p := v.params()
	if p == nil {
		return nil, ErrVersion
	}
	if suite == nil || !hasHeaderProtection(suite) {
		return nil, ErrSuite
	}
	if len(secret) != suite.Hash.Size() {
		return nil, ErrSecret
	}
	var x keyschedule.Expander
	x.Start(suite.Hash, secret)
	header, err := newHeaderKey(p, suite, &x)
	if err != nil {
		return nil, err
	}
	return newKeys(p, suite, keyschedule.SecretOf(secret), &x, header)
}

// Next returns the Keys after a key update (RFC 9001, Section 6.1): a new key
// and IV, under the same header protection.
//
// Make them before they are needed: "By generating new keys before a key
// update is received, receipt of packets will not create timing signals that
// leak the value of the Key Phase." RFC 9001, Section 9.5.
//
// The error is that of the suite's own New, if any.
func (k *Keys) Next() (*Keys, error) {
	next := keyschedule.DeriveSecret(k.suite.Hash, k.secret.Bytes(), k.params.next, nil)
	var x keyschedule.Expander
	x.Start(k.suite.Hash, next.Bytes())
	return newKeys(k.params, k.suite, next, &x, k.header)
}

// newKeys returns the Keys of a secret, which x expands.
func newKeys(p *params, suite *cipher.Suite, secret keyschedule.Secret, x *keyschedule.Expander, header headerKey) (*Keys, error) {
	k := &Keys{params: p, suite: suite, secret: secret, header: header}
	var room [cipher.MaxKeySize]byte
	key := room[:suite.KeyLen]
	x.Label(p.keyLabel, nil, key)
	x.Label(p.ivLabel, nil, k.iv[:])

	var err error
	if k.aead, err = suite.New(key); err != nil {
		return nil, err
	}
	return k, nil
}

// Suite returns the cipher suite.
func (k *Keys) Suite() *cipher.Suite { return k.suite }

// Seal appends the sealed payload to dst and returns the whole, which is
// [Overhead] bytes longer than dst and payload. It allocates only if dst lacks
// room for that.
//
// The header is the packet's from its first byte up to and with the packet
// number, not yet protected. To seal in place, give the packet as
//
//	packet = keys.Seal(packet[:n], packet[:n], packet[n:], pn)
//
// where n is the length of the header. Other overlaps of dst and payload
// panic, as in crypto/cipher.
//
// A packet number, at most 2^62-1, may be used only once: twice under the same
// Keys gives away both payloads.
func (k *Keys) Seal(dst, header, payload []byte, packetNumber int64) []byte {
	return k.SealPath(dst, header, payload, 0, packetNumber)
}

// SealPath is Seal on a path of Multipath QUIC (draft-ietf-quic-multipath,
// Section 2.4): each path numbers its packets for itself, and its ID goes into
// the nonce. Path 0 is as no path.
func (k *Keys) SealPath(dst, header, payload []byte, path uint32, packetNumber int64) []byte {
	r, held := k.rooms.take()
	k.nonce(r, path, packetNumber)
	dst = k.aead.Seal(dst, r.nonce[:], payload, header)
	k.rooms.give(held)
	return dst
}

// Open appends the payload of a packet to dst and returns the whole. The
// header is the packet's up to and with the packet number, its protection
// removed; the ciphertext is all the rest, with the tag. In place it is
//
//	payload, err := keys.Open(packet[n:n], packet[:n], packet[n:], pn)
//
// The error is [ErrOpen]; then what stood in the place of the payload is lost.
func (k *Keys) Open(dst, header, ciphertext []byte, packetNumber int64) ([]byte, error) {
	return k.OpenPath(dst, header, ciphertext, 0, packetNumber)
}

// OpenPath is Open on a path of Multipath QUIC.
func (k *Keys) OpenPath(dst, header, ciphertext []byte, path uint32, packetNumber int64) ([]byte, error) {
	r, held := k.rooms.take()
	k.nonce(r, path, packetNumber)
	dst, err := k.aead.Open(dst, r.nonce[:], ciphertext, header)
	k.rooms.give(held)
	if err != nil {
		return nil, ErrOpen
	}
	return dst, nil
}

// nonce sets the nonce of a packet.
//
// "The 62 bits of the reconstructed QUIC packet number in network byte order
// are left-padded with zeros to the size of the IV. The exclusive OR of the
// padded packet number and the IV forms the AEAD nonce." RFC 9001, Section
// 5.3. Multipath QUIC pads with the path ID, in the first four bytes.
func (k *Keys) nonce(r *room, path uint32, packetNumber int64) {
	cipher.PutNonce(&r.nonce, &k.iv, uint64(packetNumber))
	front := r.nonce[:4]
	binary.BigEndian.PutUint32(front, binary.BigEndian.Uint32(front)^path)
}
