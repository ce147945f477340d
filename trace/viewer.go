package trace

import (
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/dissect"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// A viewer follows a connection from outside: it reads records in order,
// learns from the messages, and opens what it has keys for.
type viewer struct {
	b       *builder
	options CaptureOptions
	log     map[string][]byte // of this connection
	send    map[string]*direction
	early   earlyData
}

// earlyData opens the client's early data, while it may come. The suite is that
// of the ticket, which the hello does not name: the first record that opens
// under one of those with the right hash tells.
type earlyData struct {
	keys   *keys
	secret []byte
	suites []*cipher.Suite
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

// PrivateKey is an ephemeral private key, as group.Restore takes it.
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
	for _, k := range []*keys{v.earlyKeys(r), d.keys} {
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

// earlyKeys are the keys of early data, if the record may be under them.
func (v *viewer) earlyKeys(r wireRecord) *keys {
	if r.dir != C2S {
		return nil
	}
	for _, suite := range v.early.suites {
		if v.early.keys != nil {
			break
		}
		k := &keys{suite: suite, keys: keyschedule.TrafficKeys(suite, keyschedule.SecretOf(v.early.secret))}
		if k.makeAEAD(); len(v.early.suites) == 1 || k.open(r.bytes) != nil {
			v.early.keys = v.traffic("early_data", "c_e", suite, v.early.secret)
		}
	}
	return v.early.keys
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
		v.expectEarlyData(m)
	case m.Type == msgServerHello && m.Name != "HelloRetryRequest" && v.b.ctx.Version >= tls13:
		v.handshake13(id)
	case m.Type == msgEndOfEarly:
		v.early = earlyData{}
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

// expectEarlyData prepares for records under the early keys, if the hello
// announces them and the key log knows them.
func (v *viewer) expectEarlyData(m *Message) {
	tree := dissect.Field{Fields: m.Fields}
	v.early = earlyData{}
	suites := tree.Find("cipher_suites")
	if tree.Find("extensions.early_data") == nil || suites == nil {
		return
	}
	v.send[C2S].keys = &keys{epoch: "early_data"}
	v.early.secret = v.secret("c_e", "CLIENT_EARLY_TRAFFIC_SECRET")
	for _, f := range suites.Fields {
		if s := cipher.Lookup(cipher.ID(f.Value.Num)); s != nil && s.TLS13() && s.Hash.Size() == len(v.early.secret) && !slices.Contains(v.early.suites, s) {
			v.early.suites = append(v.early.suites, s)
		}
	}
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
