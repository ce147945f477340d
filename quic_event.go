package tlsengine

import (
	"slices"
	"strconv"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
)

// QUICEventKind says what a [QUICEvent] is about. Kinds that a caller does not
// know can be skipped.
type QUICEventKind uint8

// The kinds of events.
const (
	// QUICCrypto: send Data in CRYPTO frames of packets of Level.
	QUICCrypto QUICEventKind = iota + 1

	// QUICReadSecret and QUICWriteSecret: Data is the traffic secret of Level
	// for Suite: receive or send packets under it from here on.
	QUICReadSecret
	QUICWriteSecret

	// QUICPeerParameters: Data is the peer's transport parameters. They are
	// authenticated by QUICHandshakeDone, and not before.
	QUICPeerParameters

	// QUICEarlyAccepted: client: the server takes the 0-RTT data.
	QUICEarlyAccepted

	// QUICEarlyRejected: client: the server takes no 0-RTT data. "The client
	// therefore MUST reset the state of all streams". RFC 9001, Section 4.6.2.
	QUICEarlyRejected

	// QUICHandshakeDone: the handshake is complete; for a server also
	// confirmed.
	QUICHandshakeDone

	// QUICNewSession: client: Data is a session that a later Config.Session
	// can resume, once. It is secret. QUIC attaches to it what it must
	// remember of the server for 0-RTT ([AttachToSession]).
	QUICNewSession
)

var quicEventNames = [...]string{
	"", "Crypto", "ReadSecret", "WriteSecret", "PeerParameters", "EarlyAccepted", "EarlyRejected",
	"HandshakeDone", "NewSession",
}

// String names the kind, without "QUIC" in front.
func (k QUICEventKind) String() string {
	if k > 0 && int(k) < len(quicEventNames) {
		return quicEventNames[k]
	}
	return "event(" + strconv.Itoa(int(k)) + ")"
}

// QUICEvent is one thing that QUIC has to do or to know. Data is the
// receiver's for good: nothing here refers to it any more, and secrets may be
// wiped.
type QUICEvent struct {
	Kind  QUICEventKind
	Level QUICLevel     // of CRYPTO bytes and secrets
	Suite *cipher.Suite // of secrets
	Data  []byte

	// HalfRTT of a server's application write secret says that packets under
	// it may carry data before the handshake is done. Else the client is still
	// to prove who it is.
	HalfRTT bool
}

// Next returns the next event, in the order in which they are to be carried
// out, or false.
func (q *QUICConn) Next() (QUICEvent, bool) {
	if q.seen == len(q.events) {
		q.events, q.seen = nil, 0
		return QUICEvent{}, false
	}
	ev := q.events[q.seen]
	q.events[q.seen] = QUICEvent{}
	q.seen++
	return ev, true
}

// collect makes events of what the machine wants.
func (q *QUICConn) collect() error {
	list := q.m.Take()
	excess := q.leftover(list)
	for i := range list {
		o := &list[i]
		if excess != nil && ends(o.Kind) {
			return q.refuse(excess)
		}
		if o.Kind == handshake.OutConfig {
			q.configure(q.m.Config())
		}
		if o.Kind == handshake.OutRecvKeys && o.Epoch != handshake.EarlyData {
			q.level = o.Epoch
		}
		if ev := quicEvent(o); ev.Kind != 0 {
			q.events = append(q.events, ev)
		}
	}
	return nil
}

// ends reports whether the output says that all of the peer's flight was read.
func ends(k handshake.OutputKind) bool {
	return k == handshake.OutRecvKeys || k == handshake.OutDone || k == handshake.OutFlight
}

func quicEvent(o *handshake.Output) QUICEvent {
	switch o.Kind {
	case handshake.OutMessage:
		return QUICEvent{Kind: QUICCrypto, Level: o.Epoch, Data: slices.Clip(o.Data)}
	case handshake.OutSendKeys:
		return secretEvent(QUICWriteSecret, o)
	case handshake.OutRecvKeys:
		return secretEvent(QUICReadSecret, o)
	case handshake.OutParameters:
		return QUICEvent{Kind: QUICPeerParameters, Data: o.Data}
	case handshake.OutEarlyDataAccepted:
		return QUICEvent{Kind: QUICEarlyAccepted}
	case handshake.OutEarlyDataRejected:
		return QUICEvent{Kind: QUICEarlyRejected}
	case handshake.OutDone:
		return QUICEvent{Kind: QUICHandshakeDone}
	case handshake.OutSession:
		return QUICEvent{Kind: QUICNewSession, Data: o.Data}
	}
	return QUICEvent{}
}

func secretEvent(kind QUICEventKind, o *handshake.Output) QUICEvent {
	k := o.Keys
	return QUICEvent{
		Kind: kind, Level: o.Epoch, Suite: k.Suite, Data: slices.Clone(k.Secret.Bytes()), HalfRTT: k.HalfRTT,
	}
}
