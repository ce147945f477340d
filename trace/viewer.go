package trace

import (
	"crypto/ecdh"
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/dissect"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/trace/hook"
)

// A viewer follows a connection from outside: it reads records in order,
// learns from the messages, and opens what it has keys for.
type viewer struct {
	b       *builder
	options CaptureOptions
	log     map[string][]byte // of this connection
	send    map[string]*direction
	early   *keys // of early data, while it may come
}

// A direction is the state of the records one side sends.
type direction struct {
	keys  *keys // nil in clear
	after *keys // from the next change_cipher_spec on (TLS 1.2)
}

// keys opens the records of one epoch.
type keys struct {
	epoch string
	id    string // base of the ids of key and IV
	suite *cipher.Suite
	keys  keyschedule.Keys
	aead  cipher.AEAD
	cbc   *cbc // in place of suite, keys and aead
	seq   uint64
}

// ready reports whether the keys are there.
func (k *keys) ready() bool { return k.aead != nil || k.cbc != nil }

// PrivateKey is an ephemeral private key: a scalar of a curve of crypto/ecdh.
type PrivateKey struct {
	Group uint16
	Key   []byte
}

func newViewer(o CaptureOptions) *viewer {
	return &viewer{b: newBuilder("observer"), options: o, send: map[string]*direction{C2S: {}, S2C: {}}}
}

// run takes the records of both directions in the order in which they came.
// Where that is not known, each side speaks until it has to wait for the other.
func (v *viewer) run(client, server []wireRecord) {
	ordered := len(client) > 0 && client[0].order > 0
	for len(client)+len(server) > 0 {
		from := &client
		switch {
		case len(client) == 0:
			from = &server
		case len(server) == 0:
		case ordered && server[0].order < client[0].order:
			from = &server
		case !ordered && v.serverSpeaks():
			from = &server
		}
		v.record((*from)[0])
		*from = (*from)[1:]
	}
}

// serverSpeaks reports whether the server is to go on, by the last message: it
// answers a hello until its flight is over.
func (v *viewer) serverSpeaks() bool {
	if len(v.b.halves[C2S].pending) > 0 {
		return false
	}
	for i := len(v.b.c.Messages) - 1; i >= 0; i-- {
		m := &v.b.c.Messages[i]
		if m.Synthetic {
			continue
		}
		if m.Dir == C2S {
			return m.Type == msgClientHello || m.Type == msgFinished
		}
		return m.Name != "HelloRetryRequest" && m.Type != 14 && m.Type != msgFinished
	}
	return false
}

// record takes one record.
func (v *viewer) record(r wireRecord) {
	v.b.now = r.at
	o := opened{epoch: "initial"}
	d := v.send[r.dir]
	switch {
	case r.partial && r.bytes[0] != typeApplication:
		v.b.note("the bytes of one direction end inside a record, or stop being TLS")
	case r.bytes[0] == typeCCS:
		if d.after != nil && v.b.ctx.Version < tls13 {
			d.keys, d.after = d.after, nil
		}
	case d.keys != nil && (r.bytes[0] == typeApplication || v.b.ctx.Version != 0 && v.b.ctx.Version < tls13):
		v.open(r, d, &o)
	case r.bytes[0] == typeApplication:
		o.protected, o.epoch = true, v.guessEpoch(r.dir)
	}
	before := len(v.b.c.Messages)
	v.b.record(r.dir, r.bytes, o)
	for i := before; i < len(v.b.c.Messages); i++ {
		v.message(i)
	}
}

// guessEpoch is the epoch of a record that cannot be opened.
func (v *viewer) guessEpoch(dir string) string {
	if dir == C2S && v.b.ctx.Version == 0 {
		return "early_data"
	}
	return "application"
}

// open opens a record with the keys of its direction, or with those of early
// data.
func (v *viewer) open(r wireRecord, d *direction, o *opened) {
	o.protected, o.epoch, o.suite = true, d.keys.epoch, d.keys.suite
	for _, k := range []*keys{v.earlyKeys(r.dir), d.keys} {
		if k == nil || !k.ready() || r.partial {
			continue
		}
		if k.cbc != nil {
			v.openCBC(r, k, o)
			continue
		}
		if inner := k.open(r.bytes); inner != nil {
			*o = opened{protected: true, inner: inner, epoch: k.epoch, seq: k.seq, keys: k.id, suite: k.suite, iv: k.keys.IV[:]}
			k.seq++
			return
		}
	}
	if d.keys.ready() && o.inner == nil {
		v.b.note("records that no key opens")
	}
}

// openCBC opens a record in CBC mode.
func (v *viewer) openCBC(r wireRecord, k *keys, o *opened) {
	o.cbc = k.cbc
	if inner := k.cbc.open(r.bytes, k.seq); inner != nil {
		o.inner, o.seq, o.keys = inner, k.seq, k.id
		k.seq++
	}
}

func (v *viewer) earlyKeys(dir string) *keys {
	if dir == C2S {
		return v.early
	}
	return nil
}

// open is what a record holds, or nil.
func (k *keys) open(wire []byte) []byte {
	explicit := k.suite.ExplicitNonce
	if len(wire) < 5+explicit+cipher.Overhead {
		return nil
	}
	nonce := cipher.Nonce(k.keys.IV, k.seq)
	aad := wire[:5]
	if !k.suite.TLS13() {
		copy(nonce[cipher.NonceSize-explicit:], wire[5:5+explicit])
		aad = aad12(k.seq, wire[:5], len(wire)-5-explicit-cipher.Overhead)
	}
	inner, err := k.aead.Open([]byte{}, nonce[:], wire[5+explicit:], aad)
	if err != nil {
		return nil
	}
	return inner
}

// message acts on a message that has come.
func (v *viewer) message(id int) {
	m := &v.b.c.Messages[id]
	if m.Synthetic {
		return
	}
	if v.log == nil && v.b.random[0] != nil {
		v.log = v.options.KeyLog[[32]byte(v.b.random[0])]
	}
	if m.Type == 25 {
		v.decompress(m)
		return
	}
	if v.b.ctx.Version == tls12 {
		v.message12(m)
		return
	}
	switch {
	case m.Type == msgClientHello:
		v.earlyData(m)
	case m.Type == msgServerHello && m.Name != "HelloRetryRequest" && v.b.ctx.Version >= tls13:
		v.handshake13(id)
	case m.Type == msgEndOfEarly:
		v.early = nil
	case m.Type == msgFinished && m.Dir == S2C:
		v.application13(m)
	case m.Type == msgFinished:
		v.clientDone13(m)
	case m.Type == msgKeyUpdate && v.b.ctx.Version >= tls13:
		v.update(m.Dir)
	}
}

// message12 follows a handshake of TLS 1.2: its ServerHello says what protects
// the records behind each change_cipher_spec.
func (v *viewer) message12(m *Message) {
	if m.Type != msgServerHello {
		return
	}
	client, server := &keys{epoch: "application", id: "c"}, &keys{epoch: "application", id: "s"}
	v.send[C2S].after, v.send[S2C].after = client, server
	suite := suiteOfCapture(tls12, v.b.ctx.Suite)
	client.suite, server.suite = suite, suite
	main := v.log["CLIENT_RANDOM"]
	if len(main) != keyschedule.MainSecretSize || v.b.random[1] == nil {
		return
	}
	v.b.secret(Secret{ID: "main", Op: OpKeyLog, KeyLog: "CLIENT_RANDOM", Out: main})
	if suite == nil {
		if client.cbc, server.cbc = v.cbcKeys(main); client.cbc == nil {
			v.b.note("records under this cipher suite are not opened")
		}
		return
	}
	client.keys, server.keys = v.b.blockKeys(suite, main)
	client.makeAEAD()
	server.makeAEAD()
}

// makeAEAD makes the AEAD of the keys.
func (k *keys) makeAEAD() {
	k.aead, _ = k.suite.New(k.keys.Key[:k.keys.KeyLen])
}

// earlyData prepares for records under the early keys, if the hello announces
// them and the key log knows them.
func (v *viewer) earlyData(m *Message) {
	tree := dissect.Field{Fields: m.Fields}
	if tree.Find("extensions.early_data") == nil {
		v.early = nil
		return
	}
	v.send[C2S].keys = &keys{epoch: "early_data"}
	secret := v.log["CLIENT_EARLY_TRAFFIC_SECRET"]
	// The suite is that of the ticket, which the hello does not name: the hash
	// tells by its length, and the first suite that has it is likely.
	if suites := tree.Find("cipher_suites"); suites != nil {
		for _, f := range suites.Fields {
			if s := cipher.Lookup(cipher.ID(f.Value.Num)); s != nil && s.TLS13() && s.Hash.Size() == len(secret) {
				v.early = v.traffic("early_data", "c_e", s, v.secret("c_e", "CLIENT_EARLY_TRAFFIC_SECRET"))
				return
			}
		}
	}
}

// handshake13 prepares the handshake keys, behind a ServerHello.
func (v *viewer) handshake13(id int) {
	suite := cipher.Lookup(cipher.ID(v.b.ctx.Suite))
	if suite == nil || !suite.TLS13() {
		v.b.note("records under this cipher suite are not opened")
		v.send[C2S].keys, v.send[S2C].keys = &keys{epoch: "handshake"}, &keys{epoch: "handshake"}
		return
	}
	v.schedule(suite, id)
	v.send[S2C].keys = v.traffic("handshake", "s_hs", suite, v.secret("s_hs", "SERVER_HANDSHAKE_TRAFFIC_SECRET"))
	v.send[C2S].keys = v.traffic("handshake", "c_hs", suite, v.secret("c_hs", "CLIENT_HANDSHAKE_TRAFFIC_SECRET"))
}

// application13 prepares the server's application keys, behind its Finished.
func (v *viewer) application13(m *Message) {
	suite := v.send[S2C].keys.suite
	if suite == nil || m.Transcript == nil {
		return
	}
	if main := v.b.value("main"); main != nil && len(main) == suite.Hash.Size() {
		for _, label := range []string{"c ap traffic", "s ap traffic", "exp master"} {
			v.expand(suite, main, label, m.Transcript.After)
		}
	}
	v.secret("exp", "EXPORTER_SECRET")
	v.secret("c_ap_0", "CLIENT_TRAFFIC_SECRET_0")
	v.send[S2C].keys = v.traffic("application", "s_ap_0", suite, v.secret("s_ap_0", "SERVER_TRAFFIC_SECRET_0"))
}

// clientDone13 prepares the client's application keys, behind its Finished.
func (v *viewer) clientDone13(m *Message) {
	suite := v.send[C2S].keys.suite
	if suite == nil || m.Transcript == nil {
		return
	}
	if main := v.b.value("main"); main != nil && len(main) == suite.Hash.Size() {
		v.expand(suite, main, "res master", m.Transcript.After)
	}
	v.early = nil
	v.send[C2S].keys = v.traffic("application", "c_ap_0", suite, v.secret("c_ap_0", "CLIENT_TRAFFIC_SECRET_0"))
}

// update goes to the next generation of keys: RFC 9846, Section 7.2.
func (v *viewer) update(dir string) {
	k := v.send[dir].keys
	if k == nil || k.aead == nil {
		return
	}
	secret := v.b.value(k.id)
	out := make([]byte, k.suite.Hash.Size())
	keyschedule.ExpandLabel(k.suite.Hash, secret, "traffic upd", nil, out)
	id := v.b.derive(hook.Derivation{Op: hook.ExpandLabel, Hash: k.suite.Hash.String(), Secret: secret, Label: "traffic upd", Out: out})
	v.send[dir].keys = v.traffic("application", id, k.suite, out)
}

// traffic makes keys of a traffic secret; they open nothing if it is nil.
func (v *viewer) traffic(epoch, id string, suite *cipher.Suite, secret []byte) *keys {
	k := &keys{epoch: epoch, id: id, suite: suite}
	if len(secret) == suite.Hash.Size() {
		k.keys = v.b.trafficKeys(id, suite, secret)
		k.makeAEAD()
	}
	return k
}

// secret is a secret of the connection: one that was derived, or that of the
// key log.
func (v *viewer) secret(id, label string) []byte {
	logged := v.log[label]
	if derived := v.b.value(id); derived != nil {
		if logged != nil && !slices.Equal(derived, logged) {
			v.b.note("the key log has another %s than follows from the private key", label)
		}
		return derived
	}
	if logged != nil {
		v.b.secret(Secret{ID: id, Op: OpKeyLog, KeyLog: label, Out: logged})
	}
	return logged
}

// schedule shows the key schedule from its start, if a private key is known.
func (v *viewer) schedule(suite *cipher.Suite, id int) {
	k, ok := v.agree()
	if !ok {
		return
	}
	v.b.keyExchange(k)
	hash := suite.Hash
	early := keyschedule.NewEarly(hash, nil)
	handshake := early.Handshake(k.Shared)
	main := handshake.Main()
	empty := hash.New().Sum(nil)
	after := v.b.c.Messages[id].Transcript.After
	stages := []struct {
		stage  []byte
		ikm    []byte
		labels []string
	}{
		{early.Secret.Bytes(), nil, nil},
		{handshake.Secret.Bytes(), k.Shared, []string{"c hs traffic", "s hs traffic"}},
		{main.Secret.Bytes(), nil, nil},
	}
	var salt []byte
	for i, s := range stages {
		v.b.derive(hook.Derivation{Op: hook.Extract, Hash: hash.String(), Salt: salt, IKM: s.ikm, Out: s.stage})
		for _, label := range s.labels {
			v.expand(suite, s.stage, label, after)
		}
		if i < len(stages)-1 {
			salt = v.expand(suite, s.stage, "derived", empty)
		}
	}
}

// expand derives a secret by a label, and shows it.
func (v *viewer) expand(suite *cipher.Suite, secret []byte, label string, context []byte) []byte {
	out := make([]byte, suite.Hash.Size())
	keyschedule.ExpandLabel(suite.Hash, secret, label, context, out)
	v.b.derive(hook.Derivation{Op: hook.ExpandLabel, Hash: suite.Hash.String(), Secret: secret, Label: label, Context: context, Out: out})
	return out
}

// curves of crypto/ecdh by their NamedGroup.
func curve(group uint16) ecdh.Curve {
	switch group {
	case 23:
		return ecdh.P256()
	case 24:
		return ecdh.P384()
	case 25:
		return ecdh.P521()
	case 29:
		return ecdh.X25519()
	}
	return nil
}

// agree makes the shared secret, if one of the private keys is that of a share
// in the hellos.
func (v *viewer) agree() (hook.KeyExchange, bool) {
	client, server := v.shares()
	for _, p := range v.options.Private {
		c := curve(p.Group)
		if c == nil || client[p.Group] == nil || server[p.Group] == nil {
			continue
		}
		private, err := c.NewPrivateKey(p.Key)
		if err != nil {
			continue
		}
		ours, theirs := private.PublicKey().Bytes(), server[p.Group]
		if slices.Equal(ours, theirs) {
			theirs = client[p.Group]
		} else if !slices.Equal(ours, client[p.Group]) {
			continue
		}
		peer, err := c.NewPublicKey(theirs)
		if err != nil {
			continue
		}
		if shared, err := private.ECDH(peer); err == nil {
			return hook.KeyExchange{Group: p.Group, Private: p.Key, Public: ours, Peer: theirs, Shared: shared}, true
		}
	}
	return hook.KeyExchange{}, false
}

// shares are the key shares of the hellos, by group.
func (v *viewer) shares() (client, server map[uint16][]byte) {
	client, server = map[uint16][]byte{}, map[uint16][]byte{}
	for i := range v.b.c.Messages {
		m := &v.b.c.Messages[i]
		tree := dissect.Field{Fields: m.Fields}
		msg := v.b.c.Bytes(m)
		share := func(entry *dissect.Field, prefix string, to map[uint16][]byte) {
			group, key := entry.Find(prefix+".group"), entry.Find(prefix+".key_exchange")
			if group != nil && key != nil {
				to[uint16(group.Value.Num)] = msg[key.Off : key.Off+key.Len]
			}
		}
		const ext = "extensions.key_share"
		f := tree.Find(ext)
		switch {
		case f == nil:
		case m.Type == msgServerHello:
			share(f, ext, server)
		case m.Type == msgClientHello:
			if list := tree.Find(ext + ".client_shares"); list != nil {
				for j := range list.Fields {
					share(&list.Fields[j], list.Fields[j].ID, client)
				}
			}
		}
	}
	return client, server
}
