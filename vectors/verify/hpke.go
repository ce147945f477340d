package verify

import (
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// An hpkeCheck recomputes one HPKE context of RFC 9180 in base mode.
type hpkeCheck struct {
	*caseCheck
	kem, kdf, aead int
	suite          []byte // suite_id of the context
	group          *group.Group
	kemHash, hash  hkdfHash
	algorithm      cipher.NewAEAD // nil for export only
	keyLen         int
}

// checkHPKE wants the values of RFC 9180, Appendix A, under their names with
// spaces for underscores. What belongs to one encryption or export has its
// number at the end, as "ct 0" and "exported value 0".
func checkHPKE(c *caseCheck) {
	h := &hpkeCheck{caseCheck: c,
		kem: c.number("kem id", 0xffff), kdf: c.number("kdf id", 0xffff), aead: c.number("aead id", 0xffff)}
	if c.number("mode", 3) != 0 {
		c.skip = "an HPKE mode other than base, which is the one ECH uses"
		return
	}
	if !h.choose() {
		return
	}
	h.setup()
	h.withStandardLibrary()
}

func (h *hpkeCheck) choose() bool {
	kems := map[int]group.ID{0x10: group.P256, 0x12: group.P521, 0x20: group.X25519}
	id, ok := kems[h.kem]
	if !ok {
		h.skip = fmt.Sprintf("HPKE KEM 0x%04x", h.kem)
		return false
	}
	h.group = group.Lookup(id)
	h.kemHash = hkdfSHA256
	if id == group.P521 {
		h.kemHash = hkdfSHA512
	}
	h.hash = map[int]hkdfHash{1: hkdfSHA256, 2: hkdfSHA384, 3: hkdfSHA512}[h.kdf]
	suites := map[int]cipher.ID{1: cipher.TLS_AES_128_GCM_SHA256, 2: cipher.TLS_AES_256_GCM_SHA384, 3: cipher.TLS_CHACHA20_POLY1305_SHA256}
	if s := cipher.Lookup(suites[h.aead]); s != nil {
		h.algorithm, h.keyLen = s.New, s.KeyLen
	}
	if h.hash.size == 0 || h.algorithm == nil && h.aead != 0xffff {
		h.skip = fmt.Sprintf("HPKE KDF 0x%04x with AEAD 0x%04x", h.kdf, h.aead)
		return false
	}
	h.suite = append([]byte("HPKE"), id3(h.kem, h.kdf, h.aead)...)
	return true
}

func id3(ids ...int) []byte {
	var b []byte
	for _, id := range ids {
		b = binary.BigEndian.AppendUint16(b, uint16(id))
	}
	return b
}

// setup is SetupBaseS and SetupBaseR (RFC 9180, Sections 4.1 and 5.1).
func (h *hpkeCheck) setup() {
	e, r := h.deriveKeyPair("E"), h.deriveKeyPair("R")
	if h.failure != nil {
		return
	}
	enc := h.bytes("enc")
	h.value("enc", e.Share())
	dh, err := e.Secret(h.bytes("pkRm"))
	if h.err("pkRm", err) {
		return
	}
	dhR, err := r.Secret(enc)
	if h.err("enc", err) {
		return
	}
	kemContext := append(slices.Clone(enc), r.Share()...)
	kemSuite := append([]byte("KEM"), id3(h.kem)...)
	for _, dh := range [][]byte{dh, dhR} {
		prk := h.kemHash.labeledExtract(kemSuite, nil, "eae_prk", dh)
		h.value("shared secret", h.kemHash.labeledExpand(kemSuite, prk, "shared_secret", kemContext, h.kemHash.size))
	}
	h.schedule(h.bytes("shared secret"))
}

// deriveKeyPair is DeriveKeyPair (RFC 9180, Section 7.1.3).
func (h *hpkeCheck) deriveKeyPair(end string) group.PrivateKey {
	suite := append([]byte("KEM"), id3(h.kem)...)
	prk := h.kemHash.labeledExtract(suite, nil, "dkp_prk", h.bytes("ikm"+end))
	var sk []byte
	switch h.group.ID {
	case group.X25519:
		sk = h.kemHash.labeledExpand(suite, prk, "sk", nil, 32)
	case group.P256:
		// The first candidate is below the order in all but 2^-32 of cases.
		sk = h.kemHash.labeledExpand(suite, prk, "candidate", []byte{0}, 32)
	case group.P521:
		sk = h.kemHash.labeledExpand(suite, prk, "candidate", []byte{0}, 66)
		sk[0] &= 0x01
	}
	h.value("sk"+end+"m", sk)
	key, err := h.group.Restore(sk)
	if h.err("sk"+end+"m", err) {
		return nil
	}
	h.value("pk"+end+"m", key.Share())
	return key
}

// schedule is KeySchedule (RFC 9180, Section 5.1), without PSK.
func (h *hpkeCheck) schedule(shared []byte) {
	pskID := h.hash.labeledExtract(h.suite, nil, "psk_id_hash", nil)
	info := h.hash.labeledExtract(h.suite, nil, "info_hash", h.bytes("info"))
	context := slices.Concat([]byte{0}, pskID, info)
	secret := h.hash.labeledExtract(h.suite, shared, "secret", nil)
	exporter := h.hash.labeledExpand(h.suite, secret, "exp", context, h.hash.size)
	h.value("key schedule context", context)
	h.value("secret", secret)
	h.value("exporter secret", exporter)
	var key, nonce []byte // none for export only
	if h.algorithm != nil {
		key = h.hash.labeledExpand(h.suite, secret, "key", context, h.keyLen)
		nonce = h.hash.labeledExpand(h.suite, secret, "base_nonce", context, cipher.NonceSize)
	}
	h.value("key", key)
	h.value("base nonce", nonce)
	if h.algorithm != nil {
		h.encryptions(key, nonce)
	}
	for i := 0; h.fields.Get(fmt.Sprint("exported value ", i)) != nil; i++ {
		context, n := h.bytes(fmt.Sprint("exporter context ", i)), h.number(fmt.Sprint("exporter length ", i), 255*h.hash.size)
		h.value(fmt.Sprint("exported value ", i), h.hash.labeledExpand(h.suite, exporter, "sec", context, n))
	}
}

// sequences are those of RFC 9180's encryptions.
var sequences = []uint64{0, 1, 2, 4, 255, 256}

func (h *hpkeCheck) encryptions(key, baseNonce []byte) {
	aead, err := h.algorithm(key)
	if h.err("key", err) {
		return
	}
	for _, n := range sequences {
		if h.fields.Get(fmt.Sprint("ct ", n)) == nil {
			continue
		}
		nonce := cipher.Nonce([cipher.NonceSize]byte(baseNonce), n)
		h.value(fmt.Sprint("nonce ", n), nonce[:])
		pt, aad := h.bytes(fmt.Sprint("pt ", n)), h.bytes(fmt.Sprint("aad ", n))
		h.value(fmt.Sprint("ct ", n), aead.Seal(nil, nonce[:], pt, aad))
	}
}

// withStandardLibrary checks the receiving side of crypto/hpke.
func (h *hpkeCheck) withStandardLibrary() {
	if h.failure != nil {
		return
	}
	kem, err1 := hpke.NewKEM(uint16(h.kem))
	kdf, err2 := hpke.NewKDF(uint16(h.kdf))
	aead, err3 := hpke.NewAEAD(uint16(h.aead))
	if h.err("kem id", err1) || h.err("kdf id", err2) || h.err("aead id", err3) {
		return
	}
	key, err := kem.NewPrivateKey(h.bytes("skRm"))
	if h.err("skRm", err) {
		return
	}
	recipient, err := hpke.NewRecipient(h.bytes("enc"), key, kdf, aead, h.bytes("info"))
	if h.err("enc", err) {
		return
	}
	for n := 0; h.algorithm != nil && h.fields.Get(fmt.Sprint("ct ", n)) != nil; n++ {
		pt, err := recipient.Open(h.bytes(fmt.Sprint("aad ", n)), h.bytes(fmt.Sprint("ct ", n)))
		if h.err(fmt.Sprint("ct ", n), err) {
			return
		}
		h.value(fmt.Sprint("pt ", n), pt)
	}
	for i := 0; h.fields.Get(fmt.Sprint("exported value ", i)) != nil; i++ {
		v, err := recipient.Export(string(h.bytes(fmt.Sprint("exporter context ", i))), h.number(fmt.Sprint("exporter length ", i), 255*h.hash.size))
		if !h.err(fmt.Sprint("exported value ", i), err) {
			h.value(fmt.Sprint("exported value ", i), v)
		}
	}
}

// An hkdfHash is HKDF under one hash: of package keyschedule where it has the
// hash, else of the standard library.
type hkdfHash struct {
	size    int
	extract func(salt, ikm []byte) []byte
	expand  func(prk, info []byte, n int) []byte
}

var (
	hkdfSHA256 = hkdfOf(cipher.SHA256)
	hkdfSHA384 = hkdfOf(cipher.SHA384)
	hkdfSHA512 = hkdfHash{
		size: sha512.Size,
		extract: func(salt, ikm []byte) []byte {
			prk, _ := hkdf.Extract(sha512.New, ikm, salt)
			return prk
		},
		expand: func(prk, info []byte, n int) []byte {
			out, _ := hkdf.Expand(sha512.New, prk, string(info), n)
			return out
		},
	}
)

func hkdfOf(h cipher.Hash) hkdfHash {
	return hkdfHash{
		size: h.Size(),
		extract: func(salt, ikm []byte) []byte {
			s := keyschedule.Extract(h, salt, ikm)
			return s.Bytes()
		},
		expand: func(prk, info []byte, n int) []byte {
			out := make([]byte, n)
			keyschedule.Expand(h, prk, info, out)
			return out
		},
	}
}

// labeledExtract and labeledExpand are those of RFC 9180, Section 4.
func (h *hkdfHash) labeledExtract(suite, salt []byte, label string, ikm []byte) []byte {
	return h.extract(salt, slices.Concat([]byte("HPKE-v1"), suite, []byte(label), ikm))
}

func (h *hkdfHash) labeledExpand(suite, prk []byte, label string, info []byte, n int) []byte {
	return h.expand(prk, slices.Concat(id3(n), []byte("HPKE-v1"), suite, []byte(label), info), n)
}
