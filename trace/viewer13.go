package trace

import (
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/trace/hook"
)

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
	v.early = earlyData{}
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
