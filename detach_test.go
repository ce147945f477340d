package tlsengine_test

import (
	"bytes"
	"crypto/aes"
	stdcipher "crypto/cipher"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/chacha20poly1305"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/record"
)

// kernelHalf is one direction of kernel TLS, as linux/tls.h and what it does
// with its structs say, with nothing of this module.
type kernelHalf struct {
	t       testing.TB
	tls13   bool
	aead    stdcipher.AEAD
	iv      []byte // salt and IV
	gcm     bool
	seq     uint64
	changed int
}

// set is setsockopt(SOL_TLS, TLS_TX or TLS_RX).
func (k *kernelHalf) set(info []byte) {
	version, kind := binary.NativeEndian.Uint16(info), binary.NativeEndian.Uint16(info[2:])
	sizes := map[uint16][3]int{51: {8, 16, 4}, 52: {8, 32, 4}, 54: {12, 32, 0}}[kind] // iv, key, salt
	require.Len(k.t, info, 4+sizes[0]+sizes[1]+sizes[2]+8)
	rest := info[4:]
	take := func(n int) []byte {
		b := slices.Clone(rest[:n])
		rest = rest[n:]
		return b
	}
	iv, key, salt := take(sizes[0]), take(sizes[1]), take(sizes[2])
	k.tls13, k.gcm = version == 0x0304, kind != 54
	k.seq, k.iv = binary.BigEndian.Uint64(rest), append(salt, iv...)
	if k.aead, _ = chacha20poly1305.New(slices.Concat(key, make([]byte, 32))[:32]); k.gcm {
		block, err := aes.NewCipher(key)
		require.NoError(k.t, err)
		k.aead, _ = stdcipher.NewGCM(block)
	}
	k.changed++
}

// explicit reports whether nonces are on the wire.
func (k *kernelHalf) explicit() bool { return !k.tls13 && k.gcm }

func (k *kernelHalf) nonce() []byte {
	n := slices.Clone(k.iv)
	if k.explicit() {
		// tls_advance_record_sn counts the explicit nonce on from the IV given.
		return n
	}
	binary.BigEndian.PutUint64(n[4:], binary.BigEndian.Uint64(n[4:])^k.seq)
	return n
}

func (k *kernelHalf) advance() {
	k.seq++
	if k.explicit() {
		binary.BigEndian.PutUint64(k.iv[4:], binary.BigEndian.Uint64(k.iv[4:])+1)
	}
}

func (k *kernelHalf) aad(typ byte, length int) []byte {
	if k.tls13 {
		return []byte{23, 3, 3, byte(length >> 8), byte(length)}
	}
	return append(binary.BigEndian.AppendUint64(nil, k.seq), typ, 3, 3, byte(length>>8), byte(length))
}

// send is sendmsg, with TLS_SET_RECORD_TYPE.
func (k *kernelHalf) send(typ byte, content []byte) []byte {
	nonce := k.nonce()
	var body, prefix []byte
	outer := typ
	if k.tls13 {
		outer = 23
		inner := append(slices.Clone(content), typ)
		body = k.aead.Seal(nil, nonce, inner, k.aad(23, len(inner)+16))
	} else {
		body = k.aead.Seal(nil, nonce, content, k.aad(typ, len(content)))
		if k.explicit() {
			prefix = nonce[4:]
		}
	}
	k.advance()
	n := len(prefix) + len(body)
	return slices.Concat([]byte{outer, 3, 3, byte(n >> 8), byte(n)}, prefix, body)
}

// receive is recvmsg of one record, with TLS_GET_RECORD_TYPE.
func (k *kernelHalf) receive(rec []byte) (typ byte, content []byte) {
	body, nonce := rec[5:], k.nonce()
	if k.explicit() {
		copy(nonce[4:], body[:8])
		body = body[8:]
	}
	length := len(body)
	if !k.tls13 {
		length -= 16
	}
	content, err := k.aead.Open(nil, nonce, body, k.aad(rec[0], length))
	require.NoError(k.t, err)
	k.advance()
	if !k.tls13 {
		return rec[0], content
	}
	content = bytes.TrimRight(content, "\x00")
	return content[len(content)-1], content[:len(content)-1]
}

// kernel is a connection whose records the kernel makes, and the Detached
// that belongs to it.
type kernel struct {
	t        testing.TB
	d        *tlsengine.Detached
	tx, rx   kernelHalf
	wire     []byte // sent and not collected
	data     []byte
	events   []tlsengine.EventKind
	sessions [][]byte
	err      error
}

func detach(t testing.TB, e *tlsengine.Engine) *kernel {
	t.Helper()
	d, err := e.Detach()
	require.NoError(t, err)
	k := &kernel{t: t, d: d, tx: kernelHalf{t: t}, rx: kernelHalf{t: t}}
	send, receive := d.SendKeys(), d.ReceiveKeys()
	k.tx.set(send.AppendLinux(nil))
	k.rx.set(receive.AppendLinux(nil))
	_, _, err = e.Receive(nil)
	require.Equal(t, tlsengine.ErrDetached, err)
	_, err = e.Send(nil, []byte("data"))
	require.Equal(t, tlsengine.ErrDetached, err)
	return k
}

func (k *kernel) write(data string) { k.wire = append(k.wire, k.tx.send(23, []byte(data))...) }

// read gives the bytes to the kernel, and what is not data to the Detached.
func (k *kernel) read(in []byte) {
	k.t.Helper()
	for len(in) > 0 {
		n := 5 + int(in[3])<<8 + int(in[4])
		typ, content := k.rx.receive(in[:n])
		in = in[n:]
		if typ == 23 {
			k.data = append(k.data, content...)
			continue
		}
		for ev, err := range k.d.Receive(record.ContentType(typ), content) {
			if err != nil {
				k.err = err
				continue
			}
			k.events = append(k.events, ev.Kind)
			switch ev.Kind {
			case tlsengine.EventKeyUpdated:
				keys := k.d.ReceiveKeys()
				k.rx.set(keys.AppendLinux(nil))
			case tlsengine.EventNewSession:
				k.sessions = append(k.sessions, ev.Data)
			}
		}
	}
}

// flush sends what the Detached owes.
func (k *kernel) flush() []byte {
	for out, ok := k.d.Next(); ok; out, ok = k.d.Next() {
		k.wire = append(k.wire, k.tx.send(byte(out.Type), out.Content)...)
		if out.Keys != nil {
			k.tx.set(out.Keys.AppendLinux(nil))
		}
	}
	wire := k.wire
	k.wire = nil
	return wire
}

func allowDetach(c *tlsengine.Config) { c.AllowDetach = true }

// detachable is a pair that has talked, so that sequence numbers are not 0.
func detachable(t testing.TB, suite *cipher.Suite) *pair {
	client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
	allowDetach(client)
	allowDetach(server)
	client.Suites = []*cipher.Suite{suite}
	if !suite.TLS13() {
		only12(client)
	}
	if suite.Auth == cipher.AuthRSA {
		server.Credentials = []*tlsengine.Credential{rsaCredential()}
	}
	p := meet(t, client, server)
	for range 3 {
		p.exchange([]byte("before"))
	}
	return p
}

func TestDetachedKeysAreWhatAKernelTakes(t *testing.T) {
	for _, suite := range cipher.Suites() {
		t.Run(suite.String(), func(t *testing.T) {
			p := detachable(t, suite)
			k := detach(t, p.server.Engine)
			p.client.data = nil
			for range 3 {
				k.write("from the kernel")
			}
			p.client.take(t, k.flush())
			require.Equal(t, "from the kernelfrom the kernelfrom the kernel", string(p.client.data))
			out, err := p.client.Send(nil, []byte("to the kernel"))
			require.NoError(t, err)
			k.read(out)
			k.read(p.client.Close(nil))
			require.Equal(t, "to the kernel", string(k.data))
			require.Equal(t, []tlsengine.EventKind{tlsengine.EventPeerClosed}, k.events)
			k.d.Close()
			p.client.take(t, k.flush())
			require.NoError(t, p.client.TransportEOF())
			require.NoError(t, k.d.TransportEOF())
			_, ok := k.d.Next()
			require.False(t, ok)
			require.Equal(t, suite.ID, k.d.ConnectionState().Suite.ID)
		})
	}
}

func TestBothSidesDetached(t *testing.T) {
	p := detachable(t, cipher.Lookup(cipher.TLS_AES_256_GCM_SHA384))
	c, s := detach(t, p.client.Engine), detach(t, p.server.Engine)
	for range 3 {
		require.NoError(t, c.d.UpdateKeys(handshake.UpdateRequested))
		s.read(c.flush())
		s.write("data")
		c.read(s.flush())
		c.write("more")
		s.read(c.flush())
	}
	require.Equal(t, "datadatadata", string(c.data))
	require.Equal(t, "moremoremore", string(s.data))
	require.Equal(t, 4, c.tx.changed)
	require.Equal(t, 4, c.rx.changed)
	a, err := c.d.Export("EXPORTER-test", nil, 20)
	require.NoError(t, err)
	b, err := s.d.Export("EXPORTER-test", nil, 20)
	require.NoError(t, err)
	require.Equal(t, a, b)
}

func TestDetachedFollowsKeyUpdates(t *testing.T) {
	p := detachable(t, cipher.Lookup(cipher.TLS_CHACHA20_POLY1305_SHA256))
	k := detach(t, p.server.Engine)
	for range 5 {
		out, err := p.client.UpdateKeys(nil, handshake.UpdateRequested)
		require.NoError(t, err)
		out, err = p.client.Send(out, []byte("under new keys"))
		require.NoError(t, err)
		k.read(out)
		k.write("answered under new keys")
		p.client.take(t, k.flush())
		k.write("again")
		p.client.take(t, k.flush())
		require.NoError(t, k.d.UpdateKeys(handshake.UpdateNotRequested))
		p.client.take(t, k.flush())
	}
	require.NoError(t, k.err)
	require.NoError(t, p.client.err)
	require.Equal(t, 6, k.rx.changed)
	require.Equal(t, 11, k.tx.changed)
}

func TestDetachedHandlesTickets(t *testing.T) {
	p := detachable(t, cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256))
	c, s := detach(t, p.client.Engine), detach(t, p.server.Engine)
	for range 3 {
		require.NoError(t, s.d.SendTicket([]byte("application data")))
	}
	c.read(s.flush())
	require.Len(t, c.sessions, 3)
	client := testpeer.ClientConfig()
	client.Session = c.sessions[2]
	again := meet(t, client, p.server.Config())
	require.True(t, again.server.ConnectionState().Resumed)
}

func TestDetachedTakesAllTheMessagesOfARecord(t *testing.T) {
	p := detachable(t, cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256))
	c, s := detach(t, p.client.Engine), detach(t, p.server.Engine)
	var content []byte
	for range 3 {
		require.NoError(t, s.d.SendTicket(nil))
		out, ok := s.d.Next()
		require.True(t, ok)
		content = append(content, out.Content...)
	}
	require.Len(t, drain(c.d.Receive(record.Handshake, content)), 3)
}

func TestDetachedRefusesAndSaysWhy(t *testing.T) {
	p := detachable(t, cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256))
	k := detach(t, p.server.Engine)
	for _, err := range drain(k.d.Receive(record.Handshake, []byte{20, 0, 0, 1, 1})) {
		require.Error(t, err)
	}
	var refusal *tlsengine.AlertError
	require.ErrorAs(t, k.d.Err(), &refusal)
	require.Equal(t, alert.UnexpectedMessage, refusal.Alert)
	p.client.take(t, k.flush())
	require.Equal(t, alert.UnexpectedMessage, p.client.heard(t))
	_, ok := k.d.Next()
	require.False(t, ok, "an alert is said once")
	require.Error(t, k.d.UpdateKeys(handshake.UpdateNotRequested))
	for _, err := range drain(k.d.Receive(record.Alert, []byte{1, 0})) {
		require.Equal(t, k.d.Err(), err, "it stays")
	}

	// And hears why.
	p = detachable(t, cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256))
	k = detach(t, p.server.Engine)
	k.read(p.client.Abort(nil, alert.InternalError))
	require.Equal(t, &tlsengine.PeerAlertError{Alert: alert.InternalError}, k.err)
	require.Empty(t, k.flush())
}

func drain(seq func(func(tlsengine.Event, error) bool)) (errs []error) {
	for _, err := range seq {
		errs = append(errs, err)
	}
	return errs
}

func TestDetachWantsToBeAllowedAndInTime(t *testing.T) {
	client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
	p := meet(t, client, server)
	_, err := p.client.Detach()
	require.Equal(t, tlsengine.ErrNoDetach, err)
	p.exchange([]byte("it goes on"))

	allowDetach(client)
	allowDetach(server)
	p = newPair(t, client, server)
	_, err = p.client.Detach()
	require.Equal(t, tlsengine.ErrHandshakeNotDone, err)
	p.server.take(t, p.client.Flush(nil))
	p.client.take(t, p.server.Flush(nil))
	require.True(t, p.client.ConnectionState().HandshakeDone)
	_, err = p.client.Detach()
	require.Equal(t, tlsengine.ErrNotQuiet, err, "its Finished is owed")
	p.run()

	out, err := p.server.Send(nil, []byte("data"))
	require.NoError(t, err)
	p.client.take(t, out)

	p.client.take(t, p.server.Close(nil))
	_, err = p.server.Detach()
	require.Equal(t, tlsengine.ErrClosed, err)
	_, err = p.client.Detach()
	require.Equal(t, tlsengine.ErrClosed, err)

	p = meet(t, client, server)
	freeze(t, p.client.Engine)
	_, err = p.client.Detach()
	require.Equal(t, tlsengine.ErrFrozen, err)
	k := detach(t, p.server.Engine)
	_, err = p.server.Detach()
	require.Equal(t, tlsengine.ErrDetached, err)
	_, err = p.server.Freeze(nil)
	require.Equal(t, tlsengine.ErrDetached, err)
	p.server.Park()
	require.Equal(t, tlsengine.ErrDetached, p.server.Err())
	require.NoError(t, k.d.Err())
}

func TestDetachedCanBeFrozen(t *testing.T) {
	p := detachable(t, cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256))
	cfg := p.server.Config()
	k := detach(t, p.server.Engine)
	move := func() {
		before := k.d
		send, receive := before.SendKeys(), before.ReceiveKeys()
		data, err := before.Freeze(nil)
		require.NoError(t, err)
		_, err = tlsengine.Thaw(cfg, data)
		require.ErrorIs(t, err, tlsengine.ErrSnapshotKind, "its records are not an engine's to make")
		k.d, err = tlsengine.ThawDetached(cfg, data)
		require.NoError(t, err)
		require.Equal(t, send, k.d.SendKeys())
		require.Equal(t, receive, k.d.ReceiveKeys())
		_, err = before.Freeze(nil)
		require.Equal(t, tlsengine.ErrFrozen, err)
		_, ok := before.Next()
		require.False(t, ok)
	}
	move()
	out, err := p.client.UpdateKeys(nil, handshake.UpdateRequested)
	require.NoError(t, err)
	k.read(out)
	move()
	require.NoError(t, k.d.SendTicket(nil))
	move()
	k.d.Close() // the answer and the ticket are owed before it
	move()
	p.client.take(t, k.flush())
	require.NoError(t, p.client.err)
	require.Subset(t, p.client.events, []tlsengine.EventKind{tlsengine.EventKeyUpdated, tlsengine.EventNewSession, tlsengine.EventPeerClosed})
	move()
}

func TestDetachedHasWhatWasRead(t *testing.T) {
	p := detachable(t, cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256))
	out, err := p.client.Send(nil, []byte("read before, opened after"))
	require.NoError(t, err)
	p.server.data = nil
	p.server.take(t, out[:9])
	k := detach(t, p.server.Engine)
	require.Equal(t, out[:9], k.d.Unread())
	k.read(append(k.d.Unread(), out[9:]...))
	require.Equal(t, "read before, opened after", string(k.data))
}

func TestDetachedMessagesMayBeCut(t *testing.T) {
	p := detachable(t, cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256))
	k := detach(t, p.server.Engine)
	update := (&handshake.KeyUpdate{RequestUpdate: handshake.UpdateRequested}).Append(nil)
	require.Empty(t, drain(k.d.Receive(record.Handshake, update[:3])))
	require.Len(t, drain(k.d.Receive(record.Handshake, update[3:])), 1)
	out, ok := k.d.Next()
	require.True(t, ok)
	require.NotNil(t, out.Keys)
	require.Equal(t, k.d.SendKeys(), *out.Keys)
}
