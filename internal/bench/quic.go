package main

import (
	"context"
	"crypto/aes"
	stdcipher "crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	stdtls "crypto/tls"
	"fmt"
	"slices"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/quic"
)

func quicFigures() (out []figure) {
	for _, s := range bulkSuites {
		out = append(out, figure{"quic-packet-" + s.name, func() []result { return quicPackets("quic-packet-"+s.name, s.id, 1) }})
	}
	for _, s := range bulkSuites {
		out = append(out, figure{"quic-burst-" + s.name, func() []result { return quicPackets("quic-burst-"+s.name, s.id, 8) }})
	}
	id := ecdsaIdentity()
	return append(out,
		figure{"quic-initial-keys", quicInitialKeys},
		figure{"quic-key-update", quicKeyUpdate},
		figure{"quic-handshake", func() []result { return quicHandshake(id) }})
}

// quicPackets is packets of 1200 bytes in one buffer, sealed and with their
// headers protected, against the AEAD alone: one, or as many as one send with
// UDP GSO takes.
func quicPackets(name string, id cipher.ID, count int) []result {
	s := cipher.Lookup(id)
	keys := must(quic.NewKeys(quic.V1, s, make([]byte, s.Hash.Size())))
	aead := must(s.New(make([]byte, s.KeyLen)))
	const pnOffset, size = 9, 1200
	header := []byte{0x43, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 1}
	payload := make([]byte, size-len(header)-16)
	nonce := make([]byte, 12)
	packets := slices.Collect(slices.Chunk(make([]byte, count*size), size))
	protect := func() error { return keys.ProtectHeaders(packets, pnOffset) }
	if count == 1 {
		protect = func() error { return keys.ProtectHeader(packets[0], pnOffset) }
	}
	ours := func(n int) {
		for i := range n {
			for j, p := range packets {
				keys.Seal(append(p[:0], header...), header, payload, int64(count*i+j))
			}
			if err := protect(); err != nil {
				panic(err)
			}
		}
	}
	raw := func(n int) {
		for range n {
			for _, p := range packets {
				aead.Seal(append(p[:0], header...), nonce, payload, header)
			}
		}
	}
	t := inTurns(brisk, ours, raw)
	r := result{name: name, ours: nanos(t.ns[0]), limit: nanos(t.ns[1]), ratio: t.ratio(0, 1)}
	allocs, _ := allocated(func() { ours(1) })
	return []result{r.atMost(1.1), result{name: name + "-allocs", ours: fmt.Sprint(allocs), ratio: float64(allocs)}.atMost(0)}
}

// quicInitialKeys is what a server computes for every new connection, before
// it knows anything of the client. The peer is the same by crypto/hkdf and
// crypto/aes, which is how QUIC stacks in Go do it.
func quicInitialKeys() []result {
	dcid := []byte{0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08}
	ours := func(n int) {
		for range n {
			if _, _, err := quic.InitialKeys(quic.V1, dcid); err != nil {
				panic(err)
			}
		}
	}
	peer := func(n int) {
		for range n {
			plainInitialKeys(dcid)
		}
	}
	t := inTurns(brisk, ours, peer)
	a, _ := allocated(func() { ours(1) })
	p, _ := allocated(func() { peer(1) })
	return []result{
		result{name: "quic-initial-keys", ours: nanos(t.ns[0]), peer: nanos(t.ns[1]), ratio: t.ratio(0, 1)}.atMost(0.6),
		result{name: "quic-initial-keys-allocs", ours: fmt.Sprint(a), peer: fmt.Sprint(p), ratio: float64(a) / float64(p)}.atMost(0.6),
	}
}

var initialSalt = []byte{0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a}

func plainInitialKeys(dcid []byte) {
	initial := must(hkdf.Extract(sha256.New, dcid, initialSalt))
	for _, side := range []string{"client in", "server in"} {
		secret := plainExpandLabel(initial, side, 32)
		block := must(aes.NewCipher(plainExpandLabel(secret, "quic key", 16)))
		must(stdcipher.NewGCM(block))
		plainExpandLabel(secret, "quic iv", 12)
		must(aes.NewCipher(plainExpandLabel(secret, "quic hp", 16)))
	}
}

// quicKeyUpdate is the next keys of both directions, by the same peer.
func quicKeyUpdate() []result {
	s := cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)
	secret := make([]byte, 32)
	keys := [2]*quic.Keys{must(quic.NewKeys(quic.V1, s, secret)), must(quic.NewKeys(quic.V1, s, secret))}
	ours := func(n int) {
		for range n {
			for i := range keys {
				keys[i] = must(keys[i].Next())
			}
		}
	}
	peer := func(n int) {
		for range n {
			for range keys {
				next := plainExpandLabel(secret, "quic ku", 32)
				must(stdcipher.NewGCM(must(aes.NewCipher(plainExpandLabel(next, "quic key", 16)))))
				plainExpandLabel(next, "quic iv", 12)
			}
		}
	}
	t := inTurns(brisk, ours, peer)
	a, _ := allocated(func() { ours(1) })
	p, _ := allocated(func() { peer(1) })
	return []result{
		result{name: "quic-key-update", ours: nanos(t.ns[0]), peer: nanos(t.ns[1]), ratio: t.ratio(0, 1)}.atMost(0.6),
		result{name: "quic-key-update-allocs", ours: fmt.Sprint(a), peer: fmt.Sprint(p), ratio: float64(a) / float64(p)}.atMost(0.6),
	}
}

func plainExpandLabel(secret []byte, label string, n int) []byte {
	info := append([]byte{0, byte(n), byte(6 + len(label))}, "tls13 "+label...)
	return must(hkdf.Expand(sha256.New, secret, string(append(info, 0)), n))
}

// quicHandshake is both sides of a handshake under QUIC, against crypto/tls's
// QUICConn.
func quicHandshake(id *identity) []result {
	groups := []*group.Group{group.Lookup(group.X25519)}
	ccfg := &tls.Config{Roots: id.roots, ServerName: serverName, Groups: groups, ALPN: []string{"h3"}, Chains: tls.NewChainMemory(1)}
	scfg := &tls.Config{Credentials: []*tls.Credential{id.ours}, Groups: groups, ALPN: []string{"h3"}}
	ours := func(n int) {
		for range n {
			carry(must(tls.NewQUICClient(ccfg, []byte{1})), must(tls.NewQUICServer(scfg, []byte{2})))
		}
	}
	curves := []stdtls.CurveID{stdtls.X25519}
	pc := &stdtls.QUICConfig{TLSConfig: &stdtls.Config{RootCAs: id.roots, ServerName: serverName, NextProtos: []string{"h3"}, CurvePreferences: curves, MinVersion: stdtls.VersionTLS13}}
	ps := &stdtls.QUICConfig{TLSConfig: &stdtls.Config{Certificates: []stdtls.Certificate{id.peer}, NextProtos: []string{"h3"}, CurvePreferences: curves, MinVersion: stdtls.VersionTLS13}}
	peer := func(n int) {
		for range n {
			c, s := stdtls.QUICClient(pc), stdtls.QUICServer(ps)
			c.SetTransportParameters([]byte{1})
			s.SetTransportParameters([]byte{2})
			for _, q := range []*stdtls.QUICConn{c, s} {
				if err := q.Start(context.Background()); err != nil {
					panic(err)
				}
			}
			carryPeers(c, s)
			c.Close()
			s.Close()
		}
	}
	t := inTurns(steady, ours, peer)
	r := result{name: "quic-handshake", ours: nanos(t.ns[0]), peer: nanos(t.ns[1]), ratio: t.ratio(1, 0)}
	return []result{r.atLeast(1.3)}
}

func carry(c, s *tls.QUICConn) {
	sides := [2]*tls.QUICConn{c, s}
	for moved := true; moved; {
		moved = false
		for i, side := range sides {
			for ev, ok := side.Next(); ok; ev, ok = side.Next() {
				moved = true
				if ev.Kind == tls.QUICCrypto {
					if err := sides[1-i].HandleCrypto(ev.Level, ev.Data); err != nil {
						panic(err)
					}
				}
			}
		}
	}
	if !c.ConnectionState().HandshakeDone || !s.ConnectionState().HandshakeDone {
		panic("the QUIC handshake is not done")
	}
}

func carryPeers(c, s *stdtls.QUICConn) {
	sides := [2]*stdtls.QUICConn{c, s}
	done := 0
	for moved := true; moved; {
		moved = false
		for i, side := range sides {
			for ev := side.NextEvent(); ev.Kind != stdtls.QUICNoEvent; ev = side.NextEvent() {
				moved = true
				switch ev.Kind {
				case stdtls.QUICWriteData:
					if err := sides[1-i].HandleData(ev.Level, ev.Data); err != nil {
						panic(err)
					}
				case stdtls.QUICHandshakeDone:
					done++
				}
			}
		}
	}
	if done != 2 {
		panic("crypto/tls's QUIC handshake is not done")
	}
}
