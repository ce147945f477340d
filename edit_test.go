package tlsengine_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/record"
)

// What somebody on the path does to records that are not protected.

// piece is a record on its way; one of an unprotected message, if it is one.
type piece struct {
	record.Header
	body []byte
}

func (p piece) append(dst []byte) []byte {
	p.Length = len(p.body)
	return append(p.Header.Append(dst), p.body...)
}

// message is the type of the handshake message in the piece, if it is of one.
func (p piece) message() (handshake.MessageType, bool) {
	return handshake.MessageType(p.body[0]), p.Type == record.Handshake && len(p.body) >= 4
}

func join(list []piece) (out []byte) {
	for _, p := range list {
		out = p.append(out)
	}
	return out
}

// changeCipherSpec is the record of it.
var changeCipherSpec = piece{record.Header{Type: record.ChangeCipherSpec, Version: record.RecordVersion}, []byte{1}}

// cut parts bytes into records, and those with whole messages into one for
// each.
func cut(t testing.TB, in []byte, protected bool) (list []piece) {
	t.Helper()
	for len(in) > 0 {
		h, ok := record.ParseHeader(in)
		require.True(t, ok)
		body := in[record.HeaderLen : record.HeaderLen+h.Length]
		in = in[record.HeaderLen+h.Length:]
		protected = protected || h.Type == record.ChangeCipherSpec
		for h.Type == record.Handshake && !protected && len(body) > 0 {
			n := 4 + int(body[1])<<16 + int(body[2])<<8 + int(body[3])
			list = append(list, piece{h, bytes.Clone(body[:n])})
			body = body[n:]
		}
		if len(body) > 0 {
			list = append(list, piece{h, bytes.Clone(body)})
		}
	}
	return list
}

// editing applies an edit to every message of that type on the way.
func editing(t testing.TB, typ handshake.MessageType, edit func(body []byte) []byte) func([]byte) []byte {
	protected := false
	return func(in []byte) []byte {
		list := cut(t, in, protected)
		for i, p := range list {
			if got, ok := p.message(); ok && got == typ && !protected {
				list[i].body = edit(p.body[4:])
			}
			protected = protected || p.Type == record.ChangeCipherSpec
		}
		return join(list)
	}
}

// editClientHello and editServerHello edit the hellos on the way.
func editClientHello(t testing.TB, edit func(*handshake.ClientHello)) func([]byte) []byte {
	return editing(t, handshake.MsgClientHello, func(body []byte) []byte {
		m, err := handshake.ParseClientHello(body)
		require.NoError(t, err)
		edit(&m)
		return m.Append(nil)
	})
}

func editServerHello(t testing.TB, edit func(*handshake.ServerHello)) func([]byte) []byte {
	return editing(t, handshake.MsgServerHello, func(body []byte) []byte {
		m, err := handshake.ParseServerHello(body)
		require.NoError(t, err)
		edit(&m)
		return m.Append(nil)
	})
}
