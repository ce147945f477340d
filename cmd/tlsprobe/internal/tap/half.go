package tap

import (
	"bytes"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/record"
)

// half is one direction.
type half struct {
	reader record.Reader
	asm    record.Assembler
	tail   []byte // an incomplete record
	epoch  handshake.Epoch
	secret keyschedule.Secret // TLS 1.3: in force

	want   string          // the label of the secret that must come before the next record
	wanted handshake.Epoch // that it is for
	broken bool            // nothing more can be opened
}

// next changes the keys before the next record.
func (h *half) next(label string, epoch handshake.Epoch) { h.want, h.wanted = label, epoch }

// take moves bytes to the tail until it is a whole record.
func (h *half) take(in []byte) (n int, whole bool) {
	for {
		need := record.HeaderLen - len(h.tail)
		if header, ok := record.ParseHeader(h.tail); ok {
			need = record.HeaderLen + header.Length - len(h.tail)
		}
		if need <= 0 && len(h.tail) >= record.HeaderLen {
			return n, true
		}
		if n == len(in) {
			return n, false
		}
		m := min(need, len(in)-n)
		h.tail = append(h.tail, in[n:n+m]...)
		n += m
	}
}

// epochOf is the epoch of a record: alerts and change_cipher_spec may come
// unprotected at any time.
func (h *half) epochOf(rec record.Record) handshake.Epoch {
	if !rec.Protected {
		return handshake.Initial
	}
	return h.epoch
}

// install puts the keys that are waited for in force, if they are known.
func (t *Tap) install(d Dir, h *half) bool {
	secret, ok := t.secrets[h.want]
	suite := t.hello.suite
	if h.wanted == handshake.EarlyData && suite == nil {
		suite = t.EarlySuite
	}
	if !ok || suite == nil {
		return false
	}
	if t.hello.version == handshake.VersionTLS12 {
		t.install12(d, h, suite, secret)
	} else {
		h.use(suite, keyschedule.SecretOf(secret))
	}
	h.epoch, h.want = h.wanted, ""
	return true
}

// use protects what follows with a traffic secret.
func (h *half) use(suite *cipher.Suite, secret keyschedule.Secret) {
	h.secret = secret
	h.reader.SetKeys(suite, keyschedule.TrafficKeys(suite, secret))
}

func (t *Tap) install12(d Dir, h *half, suite *cipher.Suite, main []byte) {
	f := &t.hello
	client, server := keyschedule.KeyBlock12(suite, keyschedule.SecretOf(main), f.clientRandom[:], f.serverRandom[:])
	if d == ToServer {
		h.reader.SetKeys(suite, client)
	} else {
		h.reader.SetKeys(suite, server)
	}
}

// open opens a record. Early data that was refused goes on for a while after
// the refusal was seen; the first record that the handshake keys open ends it.
func (t *Tap) open(d Dir, h *half, raw []byte) (record.Record, bool) {
	if h.broken {
		return record.Record{}, false
	}
	if d == ToServer && h.epoch == handshake.EarlyData && t.hello.refused {
		if rec, ok := t.afterRefusal(h, raw); ok {
			return rec, true
		}
	}
	_, rec, err := h.reader.Next(bytes.Clone(raw))
	h.broken = err != nil
	return rec, err == nil
}

func (t *Tap) afterRefusal(h *half, raw []byte) (record.Record, bool) {
	secret, ok := t.secrets["CLIENT_HANDSHAKE_TRAFFIC_SECRET"]
	if !ok || t.hello.suite == nil {
		return record.Record{}, false
	}
	trial := half{}
	trial.use(t.hello.suite, keyschedule.SecretOf(secret))
	_, rec, err := trial.reader.Next(bytes.Clone(raw))
	if err != nil || !rec.Protected {
		return record.Record{}, false
	}
	h.reader, h.secret, h.epoch = trial.reader, trial.secret, handshake.Handshake
	return rec, true
}
