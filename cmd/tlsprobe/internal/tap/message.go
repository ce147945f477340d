package tap

import (
	"math"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/record"
)

const headerLen = 4 // of a handshake message

// message follows the handshake: which keys protect what comes next.
func (t *Tap) message(d Dir, h *half, msg []byte) {
	if t.hello.version == handshake.VersionTLS12 && msg[0] != byte(handshake.MsgClientHello) {
		return // ChangeCipherSpec changes the keys
	}
	switch handshake.MessageType(msg[0]) {
	case handshake.MsgClientHello:
		t.clientHello(msg)
	case handshake.MsgServerHello:
		t.serverHello(msg)
	case handshake.MsgEncryptedExtensions:
		t.encryptedExtensions(msg)
	case handshake.MsgEndOfEarlyData:
		h.next("CLIENT_HANDSHAKE_TRAFFIC_SECRET", handshake.Handshake)
	case handshake.MsgFinished:
		if d == ToServer {
			h.next("CLIENT_TRAFFIC_SECRET_0", handshake.Application)
		} else {
			h.next("SERVER_TRAFFIC_SECRET_0", handshake.Application)
		}
	case handshake.MsgKeyUpdate:
		if t.hello.suite != nil {
			h.use(t.hello.suite, keyschedule.NextTraffic(t.hello.suite.Hash, h.secret))
		}
	}
}

func (t *Tap) clientHello(msg []byte) {
	ch, err := handshake.ParseClientHello(msg[headerLen:])
	if err != nil {
		return
	}
	f := &t.hello
	copy(f.clientRandom[:], ch.Random[:])
	f.early = ch.Extensions.Has(handshake.ExtEarlyData)
	if f.early {
		t.half[ToServer].next("CLIENT_EARLY_TRAFFIC_SECRET", handshake.EarlyData)
	}
}

func (t *Tap) serverHello(msg []byte) {
	sh, err := handshake.ParseServerHello(msg[headerLen:])
	if err != nil {
		return
	}
	f := &t.hello
	f.suite, f.version = cipher.Lookup(sh.CipherSuite), sh.LegacyVersion
	copy(f.serverRandom[:], sh.Random[:])
	if data, ok := sh.Extensions.Get(handshake.ExtSupportedVersions); ok {
		f.version, _ = handshake.ParseSupportedVersionsSH(data)
	}
	client := &t.half[ToServer]
	switch {
	case f.version != handshake.VersionTLS13:
		client.want = ""
	case sh.IsHelloRetryRequest():
		// The second ClientHello is in the clear again; early data that is
		// under way is dropped.
		client.want, client.epoch = "", handshake.Initial
		client.reader = record.Reader{}
		client.reader.SkipEarlyData(math.MaxInt32)
	default:
		t.half[ToClient].next("SERVER_HANDSHAKE_TRAFFIC_SECRET", handshake.Handshake)
		if !f.early {
			client.next("CLIENT_HANDSHAKE_TRAFFIC_SECRET", handshake.Handshake)
		}
	}
}

// encryptedExtensions learns what became of the early data. A server that
// refused never logs its secret.
func (t *Tap) encryptedExtensions(msg []byte) {
	ee, err := handshake.ParseEncryptedExtensions(msg[headerLen:])
	if err != nil || !t.hello.early || ee.Extensions.Has(handshake.ExtEarlyData) {
		return
	}
	t.hello.refused = true
	client := &t.half[ToServer]
	if _, known := t.secrets["CLIENT_EARLY_TRAFFIC_SECRET"]; !known {
		client.next("CLIENT_HANDSHAKE_TRAFFIC_SECRET", handshake.Handshake)
		client.reader.SkipEarlyData(math.MaxInt32)
	}
}

// Suite is the one that was negotiated, nil before that.
func (t *Tap) Suite() *cipher.Suite { return t.hello.suite }
