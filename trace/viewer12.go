package trace

import (
	"bytes"
	"compress/zlib"
	"crypto/aes"
	stdcipher "crypto/cipher"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what others sent is to be read
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"hash"
	"io"
	"slices"
	"strings"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/dissect"
	"github.com/tlsengine/tlsengine/internal/registry"
)

// This file opens what the engine never speaks, and captures show all the
// same: TLS 1.2 without ECDHE, and in CBC mode. It only ever reads.

// suiteOfCapture is the suite that opens the records of a connection: one of
// ours, or ours with the same AEAD and another key exchange.
func suiteOfCapture(version, id uint16) *cipher.Suite {
	if s := cipher.Lookup(cipher.ID(id)); s != nil || version != tls12 {
		return s
	}
	parts, _ := registry.PartsOf(id)
	like := map[string]cipher.ID{
		"AES_128_GCM":       cipher.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		"AES_256_GCM":       cipher.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		"CHACHA20_POLY1305": cipher.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	}[parts.Cipher]
	if like == 0 {
		return nil
	}
	s := *cipher.Lookup(like)
	s.ID = cipher.ID(id)
	return &s
}

// cbc opens the records of one direction in CBC mode: RFC 5246, Section
// 6.2.3.2.
type cbc struct {
	name       string // "AES-128-CBC, HMAC-SHA"
	block      stdcipher.Block
	mac        []byte
	hash       func() hash.Hash
	macOutside bool // encrypt-then-MAC: RFC 7366
}

// cbcKeys derives the keys of both directions, nil if the suite is no
// AES-CBC one.
func (v *viewer) cbcKeys(main []byte) (client, server *cbc) {
	parts, ok := registry.PartsOf(v.b.ctx.Suite)
	macs := map[string]func() hash.Hash{"SHA": sha1.New, "SHA256": sha256.New, "SHA384": sha512.New384}
	size := map[string]int{"AES_128_CBC": 16, "AES_256_CBC": 32}[parts.Cipher]
	newMAC := macs[parts.Hash]
	prf := hashOf(v.b.ctx.Version, v.b.ctx.Suite)
	if !ok || size == 0 || newMAC == nil || prf == 0 || v.b.random[1] == nil {
		return nil, nil
	}
	seed := slices.Concat(v.b.random[1], v.b.random[0])
	n := newMAC().Size()
	keyBlock := prf12(newHash(prf.String()), main, append([]byte("key expansion"), seed...), 2*n+2*size)
	v.b.secret(Secret{ID: "key_block", Op: OpPRF, Hash: prf.String(), Secret: v.b.idOf(main), Label: "key expansion", Context: &Context{Hash: seed}, Out: keyBlock})
	off := 0
	cut := func(id string, n int) []byte {
		out := keyBlock[off : off+n]
		v.b.secret(Secret{ID: id, Op: OpSlice, Secret: "key_block", Off: off, Out: out})
		off += n
		return out
	}
	client, server = &cbc{hash: newMAC}, &cbc{hash: newMAC}
	client.mac, server.mac = cut("c.mac", n), cut("s.mac", n)
	name := strings.ReplaceAll(parts.Cipher, "_", "-") + ", HMAC-" + parts.Hash
	for i, k := range []*cbc{client, server} {
		k.name, k.macOutside = name, v.encryptThenMAC()
		k.block, _ = aes.NewCipher(cut([]string{"c.key", "s.key"}[i], size)) // 16 or 32 bytes: no error
	}
	return client, server
}

// encryptThenMAC reports whether the ServerHello took the extension.
func (v *viewer) encryptThenMAC() bool {
	for i := range v.b.c.Messages {
		m := &v.b.c.Messages[i]
		tree := dissect.Field{Fields: m.Fields}
		if m.Type == msgServerHello && tree.Find("extensions.encrypt_then_mac") != nil {
			return true
		}
	}
	return false
}

// open is the content of a record, or nil if its MAC is wrong.
func (k *cbc) open(wire []byte, seq uint64) []byte {
	size, n := aes.BlockSize, k.hash().Size()
	if len(wire) < 5+2*size {
		return nil
	}
	body, tag := wire[5:], []byte(nil)
	if k.macOutside {
		if len(body) < n {
			return nil
		}
		body, tag = body[:len(body)-n], body[len(body)-n:]
		if !k.authentic(seq, wire[:3], body, tag) {
			return nil
		}
	}
	if len(body) < 2*size || len(body)%size != 0 {
		return nil
	}
	out := make([]byte, len(body)-size)
	stdcipher.NewCBCDecrypter(k.block, body[:size]).CryptBlocks(out, body[size:])
	end := len(out) - 1 - int(out[len(out)-1]) // in front of the padding and its length
	if k.macOutside {
		if end < 0 {
			return nil
		}
		return out[:end:end]
	}
	if end < n || !k.authentic(seq, wire[:3], out[:end-n], out[end-n:end]) {
		return nil
	}
	return out[: end-n : end-n]
}

// authentic reports whether a MAC is right.
func (k *cbc) authentic(seq uint64, header, data, tag []byte) bool {
	return hmac.Equal(k.tag(seq, header, data), tag)
}

// tag is "MAC(MAC_write_key, seq_num + type + version + length + fragment)".
func (k *cbc) tag(seq uint64, header, data []byte) []byte {
	m := hmac.New(k.hash, k.mac)
	m.Write(binary.BigEndian.AppendUint64(nil, seq))
	m.Write(header)
	m.Write(binary.BigEndian.AppendUint16(nil, uint16(len(data))))
	m.Write(data)
	return m.Sum(nil)
}

// maxCertificate bounds a Certificate that is decompressed, in bytes.
const maxCertificate = 128 << 10

// decompress shows the Certificate out of a CompressedCertificate, if it is
// compressed as Go can undo it: RFC 8879, Section 4.
func (v *viewer) decompress(m *Message) {
	tree := dissect.Field{Fields: m.Fields}
	algorithm, size, data := tree.Find("algorithm"), tree.Find("uncompressed_length"), tree.Find("compressed_certificate_message")
	if algorithm == nil || size == nil || data == nil {
		return
	}
	if algorithm.Value.Num != 1 || size.Value.Num > maxCertificate {
		v.b.note("a CompressedCertificate is not decompressed")
		return
	}
	msg := v.b.c.Bytes(m)
	r, err := zlib.NewReader(bytes.NewReader(msg[data.Off : data.Off+data.Len]))
	if err != nil {
		v.b.note("a CompressedCertificate cannot be decompressed")
		return
	}
	n := int(size.Value.Num)
	body, err := io.ReadAll(io.LimitReader(r, int64(n)+1))
	if err != nil || len(body) != n {
		v.b.note("a CompressedCertificate cannot be decompressed")
		return
	}
	header := []byte{11, byte(n >> 16), byte(n >> 8), byte(n)}
	v.b.outside(m.Dir, KindDecompressed, append(header, body...), m.Epoch)
}
