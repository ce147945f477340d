package handshake

import (
	"crypto/hmac"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// stage12 is what only a handshake of TLS 1.2 has to remember, from the hellos
// to CONNECTED12.
type stage12 struct {
	serverRandom [32]byte
	main         keyschedule.Secret // from ClientKeyExchange on, or the session's
	session      *session           // that is being resumed; nil in a full handshake
	sessionID    []byte             // full handshake: how the server names the session
	promised     bool               // a NewSessionTicket comes before the server's ChangeCipherSpec

	client, server keyschedule.Keys // of the key block, once it is needed; rebuilt from main

	// Client.
	status   bool   // a CertificateStatus may come
	premain  []byte // ServerKeyExchange to ClientKeyExchange
	share    []byte // the same: our point
	ticket   []byte // the new ticket
	lifetime uint32 // of the ticket: seconds, 0 for no word on it

	// Server: ServerKeyExchange to ClientKeyExchange.
	group *group.Group
	key   group.PrivateKey
}

// wipe forgets the stage's secrets. What points to it may be nil.
func (t *stage12) wipe() {
	if t != nil {
		clear(t.premain)
		*t = stage12{}
	}
}

// after12 is what exporters of TLS 1.2 need once the handshake is over.
type after12 struct {
	main         keyschedule.Secret
	clientRandom [32]byte
	serverRandom [32]byte
}

// deriveMain derives the main secret, with the transcript at
// ClientKeyExchange.
//
// "If the client and server agree on this extension and a full handshake takes
// place, both client and server MUST use the extended master secret derivation
// algorithm, as defined in Section 4." RFC 7627, Section 5.1.
func (c *common) deriveMain(premain []byte) {
	t, hash := c.t12, c.facts.Suite.Hash
	if c.facts.EMS {
		session := c.transcript.sum()
		t.main = keyschedule.ExtendedMainSecret12(hash, premain, session)
		c.tellPRF(premain, "extended master secret", session, t.main.Bytes())
	} else {
		t.main = keyschedule.MainSecret12(hash, premain, c.keys.clientRandom[:], t.serverRandom[:])
		c.tellMain12(premain)
	}
	c.logSecret("CLIENT_RANDOM", &t.main)
}

// changeCipherSpec says ChangeCipherSpec: what follows is protected.
//
// "Immediately after sending this message, the sender MUST instruct the record
// layer to make the write pending state the write active state." RFC 5246,
// Section 7.1.
func (c *common) changeCipherSpec() {
	client, server := c.keyBlock()
	own := client
	if c.role == serverRole {
		own = server
	}
	c.tellKeyBlock12(&client, &server)
	c.signal(OutChangeCipherSpec)
	c.newKeys12(OutSendKeys, own)
}

// peerChangesCipherSpec takes the peer's ChangeCipherSpec, which says all by
// being there.
//
// "Reception of this message causes the receiver to instruct the record layer
// to immediately copy the read pending state into the read current state."
// RFC 5246, Section 7.1.
func (c *common) peerChangesCipherSpec() {
	client, server := c.keyBlock()
	peers := server
	if c.role == serverRole {
		peers = client
	}
	c.newKeys12(OutRecvKeys, peers)
}

// keyBlock derives the keys of both directions, once.
func (c *common) keyBlock() (client, server keyschedule.Keys) {
	t := c.t12
	if t.client.KeyLen == 0 {
		t.client, t.server = keyschedule.KeyBlock12(c.facts.Suite, t.main, c.keys.clientRandom[:], t.serverRandom[:])
	}
	return t.client, t.server
}

func (c *common) newKeys12(kind OutputKind, block keyschedule.Keys) {
	keys := &Keys{Epoch: Application, Version: VersionTLS12, Suite: c.facts.Suite, Block: block}
	c.out.add(Output{Kind: kind, Epoch: Application, Keys: keys})
}

// sayFinished12 sends our Finished, the first message under the new keys.
//
// RFC 5246, Section 7.4.9.
func (c *common) sayFinished12() {
	data := c.verifyData12(c.role)
	c.say(Application, MsgFinished, (&Finished{VerifyData: data[:]}).Append(c.out.room()))
}

// readFinished12 checks the peer's Finished.
//
// "Recipients of Finished messages MUST verify that the contents are correct."
// RFC 5246, Section 7.4.9.
func (c *common) readFinished12(in *input) error {
	m, _ := ParseFinished(in.body()) // every body is one
	want := c.verifyData12(1 - c.role)
	if !hmac.Equal(m.VerifyData, want[:]) {
		return alert.BadFinished.Errorf("the peer's Finished is wrong")
	}
	c.transcript.add(in.raw)
	return nil
}

func (c *common) verifyData12(by role) [12]byte {
	label := keyschedule.ClientFinished
	if by == serverRole {
		label = keyschedule.ServerFinished
	}
	th := c.transcript.sum()
	data := keyschedule.VerifyData12(c.facts.Suite.Hash, c.t12.main, label, th)
	c.tellPRF(c.t12.main.Bytes(), label, th, data[:])
	return data
}

// settle12 keeps what exporters need and forgets all else that only the
// handshake needed.
func (c *common) settle12() {
	c.after.tls12 = &after12{main: c.t12.main, clientRandom: c.keys.clientRandom, serverRandom: c.t12.serverRandom}
	c.t12.wipe()
	c.t12 = nil
	c.settle()
}

// export12 exports keying material.
//
// "Hence, the client or server MUST NOT export any key material based on the new
// master secret for any subsequent application-level authentication. In
// particular, it MUST disable [RFC5705]". RFC 7627, Section 5.4, of sessions
// without the extension.
func (c *common) export12(label string, context []byte, length int) ([]byte, error) {
	if !c.facts.EMS {
		return nil, ErrNoEMS
	}
	a := c.after.tls12
	return keyschedule.Export12(c.facts.Suite.Hash, a.main, a.clientRandom[:], a.serverRandom[:], label, context, length)
}

// suites12 are the kinds of keys for which both sides have a suite.
func suites12(cfg *Config, offered List16[cipher.ID]) (ecdsa, rsa bool) {
	for _, s := range cfg.suites() {
		if !s.TLS13() && offered.Has(s.ID) {
			ecdsa = ecdsa || s.Auth == cipher.AuthECDSA
			rsa = rsa || s.Auth == cipher.AuthRSA
		}
	}
	return ecdsa, rsa
}
