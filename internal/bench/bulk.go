package main

import (
	stdcipher "crypto/cipher"
	stdtls "crypto/tls"
	"fmt"
	"io"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
)

var bulkSuites = []struct {
	name string
	id   cipher.ID
}{
	{"aes128", cipher.TLS_AES_128_GCM_SHA256},
	{"aes256", cipher.TLS_AES_256_GCM_SHA384},
	{"chacha", cipher.TLS_CHACHA20_POLY1305_SHA256},
}

var bulkSizes = []struct {
	name string
	size int
	goal float64 // of the limit
	peer float64 // of crypto/tls; 0 for none
}{
	{"16k", 16384, 1.05, 1.35},
	{"1k", 1024, 1.15, 0},
	{"64", 64, 1.5, 0},
}

func bulkFigures() (out []figure) {
	id := ecdsaIdentity()
	for _, s := range bulkSuites {
		for _, z := range bulkSizes {
			name := "bulk-" + z.name + "-" + s.name
			out = append(out, figure{name, func() []result { return bulk(name, id, s.id, z.size, z.goal, z.peer) }})
		}
	}
	return out
}

// bulk is a record sealed by one side and opened by the other.
func bulk(name string, id *identity, suite cipher.ID, size int, goal, peerGoal float64) []result {
	plain := make([]byte, size)
	ours := oursBulk(id, suite, plain)
	t := inTurns(brisk, ours, peerBulk(id, suite, plain), rawBulk(suite, plain))
	r := result{name: name, ours: nanos(t.ns[0]), peer: nanos(t.ns[1]), limit: nanos(t.ns[2]), ratio: t.ratio(0, 2)}
	out := []result{r.atMost(goal)}
	if peerGoal > 0 {
		r.name, r.ratio = name+"-peer", t.ratio(1, 0)
		out = append(out, r.atLeast(peerGoal))
	}
	allocs, _ := allocated(func() { ours(1) })
	none := result{name: name + "-allocs", ours: fmt.Sprint(allocs), ratio: float64(allocs)}
	return append(out, none.atMost(0))
}

func oursBulk(id *identity, suite cipher.ID, plain []byte) work {
	b := newScratch()
	suites := []*cipher.Suite{cipher.Lookup(suite)}
	c, s, _ := b.handshake(
		&tls.Config{Roots: id.roots, ServerName: serverName, Suites: suites},
		&tls.Config{Credentials: []*tls.Credential{id.ours}, Suites: suites})
	buf := make([]byte, 0, len(plain)+c.Overhead(len(plain)))
	return func(n int) {
		for range n {
			out, err := c.Send(buf, plain)
			if err != nil {
				panic(err)
			}
			if _, ev, err := s.Receive(out); err != nil || len(ev.Data) != len(plain) {
				panic("the record did not arrive")
			}
		}
	}
}

// peerBulk is the same with crypto/tls. Its suite of TLS 1.3 cannot be
// chosen, so what is not its first is measured in TLS 1.2.
func peerBulk(id *identity, suite cipher.ID, plain []byte) work {
	ccfg := &stdtls.Config{RootCAs: id.roots, ServerName: serverName, DynamicRecordSizingDisabled: true}
	scfg := &stdtls.Config{Certificates: []stdtls.Certificate{id.peer}, DynamicRecordSizingDisabled: true, SessionTicketsDisabled: true}
	switch suite {
	case cipher.TLS_AES_256_GCM_SHA384:
		ccfg.MaxVersion, ccfg.CipherSuites = stdtls.VersionTLS12, []uint16{stdtls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384}
	case cipher.TLS_CHACHA20_POLY1305_SHA256:
		ccfg.MaxVersion, ccfg.CipherSuites = stdtls.VersionTLS12, []uint16{stdtls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256}
	}
	c, s := peerHandshake(ccfg, scfg)
	buf := make([]byte, len(plain))
	return func(n int) {
		for range n {
			if _, err := c.Write(plain); err != nil {
				panic(err)
			}
			if _, err := io.ReadFull(s, buf); err != nil {
				panic(err)
			}
		}
	}
}

// rawBulk is the AEAD alone, sealing and opening as many bytes.
func rawBulk(suite cipher.ID, plain []byte) work {
	s := cipher.Lookup(suite)
	var aead stdcipher.AEAD = must(s.New(make([]byte, s.KeyLen)))
	nonce, aad := make([]byte, 12), make([]byte, 5)
	buf := make([]byte, 0, len(plain)+64)
	return func(n int) {
		for range n {
			sealed := aead.Seal(buf, nonce, plain, aad)
			if _, err := aead.Open(sealed[:0], nonce, sealed, aad); err != nil {
				panic(err)
			}
		}
	}
}
