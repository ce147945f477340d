package trace

import (
	"crypto/aes"
	"crypto/sha1" //nolint:gosec // what others sent is to be read
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"hash"
	"strings"

	"github.com/tlsengine/tlsengine/dissect"
)

// recordCBC opens a record in CBC mode, whose MAC stands inside or outside.
func (r *checker) recordCBC(rec *Record, what string, key, inner, wire []byte) {
	side, _ := strings.CutSuffix(rec.AEAD.Key, ".key")
	mac, ok := r.input(side + ".mac")
	_, hashName, _ := strings.Cut(rec.AEAD.Name, "HMAC-")
	newMAC := map[string]func() hash.Hash{"SHA": sha1.New, "SHA256": sha256.New, "SHA384": sha512.New384}[hashName]
	block, err := aes.NewCipher(key)
	if !ok || newMAC == nil || err != nil {
		r.Skipped++
		return
	}
	for _, outside := range []bool{false, true} {
		k := cbc{block: block, mac: mac, hash: newMAC, macOutside: outside}
		if got := k.open(wire, rec.Seq); got != nil {
			r.equal(what, got, inner)
			return
		}
	}
	r.Mismatches = append(r.Mismatches, Mismatch{What: what, Why: "it does not open with its key, MAC and number"})
}

// unopened blames a protected record that nothing opened, if it was watched
// from outside and there are keys that should have. An engine's own trace shows
// what its peer did wrong, and claims nothing of it.
func (r *checker) unopened(rec *Record) {
	switch side := map[string]string{C2S: "c", S2C: "s"}[rec.Dir]; {
	case !rec.Protected || rec.Inner != nil:
		return
	case r.c.Role != "observer" || rec.Dir == C2S && r.early():
		r.Skipped++ // early data that was refused is under keys that no one may know
	case !r.keyed(rec.Epoch, side):
		r.Skipped++
	case r.cutOff(rec):
		r.Skipped++
	default:
		r.Mismatches = append(r.Mismatches, Mismatch{What: fmt.Sprintf("record %d", rec.ID), Why: "no key that is known opens it"})
	}
}

// cutOff reports whether the capture ends inside a record.
func (r *checker) cutOff(rec *Record) bool {
	wire := r.c.Slice(rec.At)
	return len(wire) < 5 || len(wire) != 5+int(binary.BigEndian.Uint16(wire[3:]))
}

// keyed reports whether there are keys for the records of a side in an epoch.
func (r *checker) keyed(epoch, side string) bool {
	ids := []string{side + ".key"} // TLS 1.2
	switch epoch {
	case "handshake":
		ids = []string{side + "_hs.key"}
	case "application":
		ids = append(ids, side+"_ap_0.key")
	}
	for _, id := range ids {
		if s := r.c.FindSecret(id); s != nil && s.Out != nil {
			return true
		}
	}
	return false
}

// early reports whether the client announced early data.
func (r *checker) early() bool {
	for i := range r.c.Messages {
		if m := &r.c.Messages[i]; m.Type == msgClientHello {
			if tree := dissect.Message(r.c.Bytes(m), dissect.Context{}); tree.Find("extensions.early_data") != nil {
				return true
			}
		}
	}
	return false
}
