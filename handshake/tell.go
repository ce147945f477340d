package handshake

import (
	"bytes"
	"io"
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/trace/hook"
)

// What a Config's Tracer is told. Without one each of these is a comparison
// with nil. All that they hand on they copy, so that nothing of a handshake is
// moved to the heap because somebody might look.

// Tracer is who is told of every step, or nil.
func (m *Machine) Tracer() hook.Tracer { return m.tracer }

// SetTracer changes who is told.
func (m *Machine) SetTracer(t hook.Tracer) {
	m.tracer = t
	if m.transcript != nil {
		m.transcript.tracer = t
	}
}

func (m *Machine) tellState() {
	if m.tracer != nil {
		m.tracer.State(m.state.String())
	}
}

// tellReceived tells of a message before it is acted on.
func (m *Machine) tellReceived(raw []byte) {
	if m.tracer != nil {
		m.tellMessage(hook.Received, m.carried(), m.recvEpoch(), raw)
	}
}

// tellSent tells of a message of ours.
func (c *common) tellSent(epoch Epoch, msg []byte) {
	if c.tracer != nil {
		c.tellMessage(hook.Sent, c.carried(), epoch, msg)
	}
}

// tellRetry tells of what stands for the first ClientHello from here on.
func (c *common) tellRetry(msg []byte) {
	if c.tracer == nil {
		return
	}
	from := hook.Sent
	if c.role == serverRole {
		from = hook.Received
	}
	c.tellMessage(from, hook.Synthetic, Initial, msg)
	c.transcript.tell()
}

func (c *common) tellMessage(d hook.Direction, by hook.Carrier, epoch Epoch, msg []byte) {
	c.tracer.Message(hook.Message{Direction: d, Carrier: by, Bytes: bytes.Clone(msg), Epoch: hook.Epoch(epoch)})
}

func (c *common) carried() hook.Carrier {
	if c.carrier == QUIC {
		return hook.InCrypto
	}
	return hook.InRecords
}

// recvEpoch is under which keys the peer's next message comes.
func (m *Machine) recvEpoch() Epoch {
	switch {
	case m.Done() || m.state == Wait12Finished:
		return Application
	case m.facts.Version != VersionTLS13 || m.state == WaitSH || m.state == WaitCH2:
		return Initial
	case m.state == WaitEOED:
		return EarlyData
	}
	return Handshake
}

// tell tells the transcript hash, if it is known which.
func (t *transcript) tell() {
	if t.running != nil {
		t.tracer.Transcript(t.running.Sum(nil))
	}
}

// tellGiven tells of a secret that came from elsewhere.
func (c *common) tellGiven(label string, secret []byte) {
	if c.tracer != nil {
		c.tracer.Derive(hook.Derivation{Op: hook.Given, Label: label, Out: bytes.Clone(secret)})
	}
}

// tellExpand tells of a secret by HKDF-Expand-Label.
func (c *common) tellExpand(secret *keyschedule.Secret, label string, context []byte, out *keyschedule.Secret) {
	if c.tracer != nil {
		c.expanded(c.facts.Suite.Hash, secret, label, context, out)
	}
}

func (c *common) expanded(h cipher.Hash, secret *keyschedule.Secret, label string, context []byte, out *keyschedule.Secret) {
	c.tracer.Derive(hook.Derivation{
		Op: hook.ExpandLabel, Hash: h.String(), Secret: bytes.Clone(secret.Bytes()), Label: label,
		Context: bytes.Clone(context), Out: bytes.Clone(out.Bytes()),
	})
}

func (c *common) extracted(h cipher.Hash, salt, ikm []byte, out *keyschedule.Secret) {
	c.tracer.Derive(hook.Derivation{
		Op: hook.Extract, Hash: h.String(), Salt: bytes.Clone(salt), IKM: bytes.Clone(ikm), Out: bytes.Clone(out.Bytes()),
	})
}

// between tells of the step from one stage to the next, and returns the salt
// of that one.
func (c *common) between(h cipher.Hash, stage *keyschedule.Secret) []byte {
	none := h.New().Sum(nil)
	derived := keyschedule.DeriveSecret(h, stage.Bytes(), "derived", none)
	c.expanded(h, stage, "derived", none, &derived)
	return derived.Bytes()
}

// finished tells of the key of a Finished message or of a binder.
func (c *common) finished(h cipher.Hash, base *keyschedule.Secret) {
	key := keyschedule.DeriveSecret(h, base.Bytes(), "finished", nil)
	c.expanded(h, base, "finished", nil, &key)
}

// tellEarly tells of the Early Secret.
func (c *common) tellEarly(psk []byte) {
	if c.tracer == nil {
		return
	}
	if psk != nil {
		c.tellGiven("", psk)
	}
	c.extracted(c.keys.early.Hash, nil, psk, &c.keys.early.Secret)
}

// tellBinder tells of the Early Secret of a PSK, and of what its binder is
// made with.
func (c *common) tellBinder(psk []byte) {
	if c.tracer == nil {
		return
	}
	c.tellEarly(psk)
	h, key := c.keys.early.Hash, c.keys.early.BinderKey()
	c.expanded(h, &c.keys.early.Secret, "res binder", h.New().Sum(nil), &key)
	c.finished(h, &key)
}

// tellEarlyTraffic tells of the secrets of early data.
func (c *common) tellEarlyTraffic(th []byte, traffic *keyschedule.Secret) {
	if c.tracer == nil {
		return
	}
	early := &c.keys.early
	c.expanded(early.Hash, &early.Secret, "c e traffic", th, traffic)
	c.expanded(early.Hash, &early.Secret, "e exp master", th, &c.after.earlyExporter)
}

// tellHandshake tells of the Handshake Secret and what comes of it.
func (c *common) tellHandshake(shared, th []byte) {
	if c.tracer == nil {
		return
	}
	k, h := c.keys, c.keys.handshake.Hash
	c.extracted(h, c.between(h, &k.early.Secret), shared, &k.handshake.Secret)
	c.expanded(h, &k.handshake.Secret, "c hs traffic", th, &k.client)
	c.expanded(h, &k.handshake.Secret, "s hs traffic", th, &k.server)
}

// tellFinished tells of the key of a Finished message.
func (c *common) tellFinished(base *keyschedule.Secret) {
	if c.tracer != nil {
		c.finished(c.facts.Suite.Hash, base)
	}
}

// tellApplication tells of the Main Secret and what comes of it.
func (c *common) tellApplication(th []byte) {
	if c.tracer == nil {
		return
	}
	k, h := c.keys, c.keys.main.Hash
	c.extracted(h, c.between(h, &k.handshake.Secret), nil, &k.main.Secret)
	c.expanded(h, &k.main.Secret, "c ap traffic", th, &k.clientApp)
	c.expanded(h, &k.main.Secret, "s ap traffic", th, &k.serverApp)
	c.expanded(h, &k.main.Secret, "exp master", th, &c.after.exporter)
}

// tellPRF tells of what the PRF of TLS 1.2 gives.
func (c *common) tellPRF(secret []byte, label string, seed, out []byte) {
	if c.tracer == nil {
		return
	}
	c.tracer.Derive(hook.Derivation{
		Op: hook.PRF, Hash: c.facts.Suite.Hash.String(), Secret: bytes.Clone(secret), Label: label,
		Context: bytes.Clone(seed), Out: bytes.Clone(out),
	})
}

// tellMain12 tells of the main secret without RFC 7627.
func (c *common) tellMain12(premain []byte) {
	if c.tracer != nil {
		c.tellPRF(premain, "master secret", slices.Concat(c.keys.clientRandom[:], c.t12.serverRandom[:]), c.t12.main.Bytes())
	}
}

// tellKeyBlock12 tells of the key block.
func (c *common) tellKeyBlock12(client, server *keyschedule.Keys) {
	if c.tracer != nil {
		c.tellPRF(c.t12.main.Bytes(), "key expansion", slices.Concat(c.t12.serverRandom[:], c.keys.clientRandom[:]),
			slices.Concat(client.Key[:client.KeyLen], server.Key[:server.KeyLen], client.IV[:client.IVLen], server.IV[:server.IVLen]))
	}
}

// tellExchange tells of a key exchange with a key of ours.
func (c *common) tellExchange(id group.ID, key group.PrivateKey, peer, shared []byte) {
	if c.tracer != nil {
		c.exchanged(id, key.Seed(), key.Share(), peer, shared)
	}
}

func (c *common) exchanged(id group.ID, private, public, peer, shared []byte) {
	c.tracer.KeyExchange(hook.KeyExchange{
		Group: uint16(id), Private: private, Public: bytes.Clone(public), Peer: bytes.Clone(peer), Shared: bytes.Clone(shared),
	})
}

// tellResponse tells of a key exchange of a server, whose key never was
// anywhere but inside of it: what was drawn for it is the key, in a
// Diffie-Hellman exchange.
func (s *server) tellResponse(from io.Reader, share, shared []byte) {
	if s.tracer == nil {
		return
	}
	drawn, g := from.(*drawing).bytes, s.hello.group
	if key, err := g.Restore(drawn); err != nil || !bytes.Equal(key.Share(), share) {
		drawn = nil
	}
	s.exchanged(g.ID, drawn, share, s.hello.share.KeyExchange, shared)
}

// drawing is a source of randomness that remembers what was drawn.
type drawing struct {
	from  io.Reader
	bytes []byte
}

// Read implements io.Reader.
func (d *drawing) Read(b []byte) (int, error) {
	n, err := d.from.Read(b)
	d.bytes = append(d.bytes, b[:n]...)
	return n, err
}

// tap is the source of randomness, watched if anybody looks.
func (s *server) tap() io.Reader {
	if s.tracer != nil {
		return &drawing{from: s.cfg.rand()}
	}
	return s.cfg.rand()
}
