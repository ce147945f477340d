package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
)

// quic is a QUICConn behind the runner's mock transport, which encrypts
// nothing but checks the level, the suite and the secret of every record:
//
//	struct {
//	    uint8 type;       /* as of a TLS record */
//	    uint8 level;
//	    uint16 suite;     /* 0 at the initial level */
//	    uint32 length;    /* of secret and payload */
//	    opaque secret[];  /* the traffic secret; empty at the initial level */
//	    opaque payload[];
//	} MockRecord;
type quic struct {
	*tls.QUICConn
	o           *options
	out         []byte
	read, write [4]quicKeys
	level       tls.QUICLevel // of what is sent
	queue       []tls.Event
	done        bool
	failed      error
}

type quicKeys struct {
	set    bool
	suite  uint16
	secret []byte
}

const (
	mockAlert       = 21
	mockHandshake   = 22
	mockApplication = 23
	mockHeader      = 8
)

func newQUIC(o *options, cfg *tls.Config) (*quic, error) {
	cfg.Ask |= tls.AskResume
	q := &quic{o: o}
	q.read[0].set, q.write[0].set = true, true
	var err error
	if o.server {
		q.QUICConn, err = tls.NewQUICServer(cfg, append([]byte{}, o.quicParameters...))
	} else {
		q.QUICConn, err = tls.NewQUICClient(cfg, o.quicParameters)
	}
	if err != nil {
		return nil, err
	}
	return q, q.drain()
}

// drain carries out what the engine wants.
func (q *quic) drain() error {
	for ev, ok := q.Next(); ok; ev, ok = q.Next() {
		switch ev.Kind {
		case tls.QUICCrypto:
			q.out = q.record(q.out, mockHandshake, ev.Level, ev.Data)
		case tls.QUICReadSecret:
			q.read[ev.Level] = quicKeys{true, uint16(ev.Suite.ID), ev.Data}
		case tls.QUICWriteSecret:
			q.write[ev.Level] = quicKeys{true, uint16(ev.Suite.ID), ev.Data}
			q.level = ev.Level
		case tls.QUICPeerParameters:
			if want := q.o.expect.quicParameters; want != nil && !bytes.Equal(want, ev.Data) {
				return fmt.Errorf("QUIC transport parameters differ: %x", ev.Data)
			}
		case tls.QUICEarlyAccepted:
			q.queue = append(q.queue, tls.Event{Kind: tls.EventEarlyDataAccepted})
		case tls.QUICEarlyRejected:
			q.queue = append(q.queue, tls.Event{Kind: tls.EventEarlyDataRejected})
		case tls.QUICHandshakeDone:
			q.done = true
			q.queue = append(q.queue, tls.Event{Kind: tls.EventHandshakeDone})
			if err := q.tickets(); err != nil {
				return err
			}
		case tls.QUICNewSession:
			q.queue = append(q.queue, tls.Event{Kind: tls.EventNewSession, Data: ev.Data})
		}
	}
	return nil
}

// tickets sends as many as BoringSSL does.
func (q *quic) tickets() error {
	if !q.o.server || q.o.noTicket {
		return nil
	}
	for range 2 {
		err := q.SendTicket(tls.QUICTicket{Application: q.o.quicContext})
		if errors.Is(err, tls.ErrNoTicket) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (q *quic) record(out []byte, kind byte, level tls.QUICLevel, payload []byte) []byte {
	k := q.write[level]
	out = append(out, kind, byte(level))
	out = binary.BigEndian.AppendUint16(out, k.suite)
	out = binary.BigEndian.AppendUint32(out, uint32(len(k.secret)+len(payload)))
	return append(append(out, k.secret...), payload...)
}

// Receive takes a mock record.
func (q *quic) Receive(in []byte) (int, tls.Event, error) {
	if q.failed != nil {
		return 0, tls.Event{}, q.failed
	}
	if err := q.drain(); err != nil {
		return 0, tls.Event{}, q.fail(err)
	}
	if len(q.queue) > 0 {
		ev := q.queue[0]
		q.queue = q.queue[1:]
		return 0, ev, nil
	}
	if q.Pending() != nil {
		return 0, tls.Event{Kind: tls.EventRequest}, nil
	}
	if len(in) < mockHeader {
		return 0, tls.Event{Kind: tls.EventNeedMore, Need: mockHeader - len(in)}, nil
	}
	n := mockHeader + int(binary.BigEndian.Uint32(in[4:]))
	if len(in) < n {
		return 0, tls.Event{Kind: tls.EventNeedMore, Need: n - len(in)}, nil
	}
	ev, err := q.take(in[:n])
	return n, ev, q.fail(err)
}

func (q *quic) take(record []byte) (tls.Event, error) {
	level := tls.QUICLevel(record[1])
	if level > tls.QUICApplication {
		return tls.Event{}, errors.New("unknown level")
	}
	k := q.read[level]
	if !k.set && level == tls.QUICEarly {
		return tls.Event{}, nil // 0-RTT that was refused
	}
	body := record[mockHeader:]
	if k.set && (binary.BigEndian.Uint16(record[2:]) != k.suite || !bytes.HasPrefix(body, k.secret)) {
		return tls.Event{}, errors.New("the runner's keys differ")
	}
	if k.set {
		body = body[len(k.secret):]
	}
	switch record[0] {
	case mockHandshake:
		return tls.Event{}, q.HandleCrypto(level, body)
	case mockApplication:
		if level == tls.QUICEarly {
			return tls.Event{Kind: tls.EventEarlyData, Data: body}, nil
		}
		return tls.Event{Kind: tls.EventData, Data: body}, nil
	}
	return tls.Event{}, fmt.Errorf("mock record of type %d", record[0])
}

// fail keeps the first error, and tells the runner its alert.
func (q *quic) fail(err error) error {
	if err == nil || q.failed != nil {
		return q.failed
	}
	q.failed = err
	q.drain()
	var e *tls.QUICError
	if errors.As(err, &e) {
		q.out = q.record(q.out, mockAlert, q.level, []byte{2, byte(e.Alert)})
	}
	return err
}

// Flush appends what is to be sent.
func (q *quic) Flush(out []byte) []byte {
	q.fail(q.drain())
	out, q.out = append(out, q.out...), nil
	return out
}

// Send sends application data.
func (q *quic) Send(out, plain []byte) ([]byte, error) {
	if !q.done {
		return out, tls.ErrHandshakeNotDone
	}
	return q.record(q.Flush(out), mockApplication, tls.QUICApplication, plain), nil
}

// SendEarly sends 0-RTT data, or a server's data before the handshake is done.
func (q *quic) SendEarly(out, plain []byte) ([]byte, error) {
	level := tls.QUICEarly
	if q.o.server {
		level = tls.QUICApplication
	}
	out = q.Flush(out)
	if !q.write[level].set {
		return out, tls.ErrNoEarlyData
	}
	return q.record(out, mockApplication, level, plain), nil
}

// EarlyDataLeft is as much as there is: QUIC has limits of its own.
func (q *quic) EarlyDataLeft() int { return 1 << 24 }

// Close does nothing: the mock transport has no close.
func (q *quic) Close(out []byte) []byte { return q.Flush(out) }

// Abort sends an alert.
func (q *quic) Abort(out []byte, a tls.Alert) []byte {
	return q.record(q.Flush(out), mockAlert, q.level, []byte{2, byte(a)})
}

// UpdateKeys is not for TLS to do under QUIC.
func (q *quic) UpdateKeys(out []byte, _ handshake.KeyUpdateRequest) ([]byte, error) {
	return out, tls.ErrKeyUpdate
}

// TransportEOF is an end like any other.
func (q *quic) TransportEOF() error { return nil }

// The answers may end the handshake, of which the runner has to hear.

func (q *quic) UseConfig(cfg *tls.Config, refusal error) error {
	cfg.Ask |= tls.AskResume
	return q.fail(q.QUICConn.UseConfig(cfg, refusal))
}

func (q *quic) UseCredential(c *tls.Credential, refusal error) error {
	return q.fail(q.QUICConn.UseCredential(c, refusal))
}

func (q *quic) Signed(sig []byte, failure error) error {
	return q.fail(q.QUICConn.Signed(sig, failure))
}

func (q *quic) Verified(verdict error) error { return q.fail(q.QUICConn.Verified(verdict)) }

func (q *quic) Ticket(a tls.TicketAnswer, refusal error) error {
	return q.fail(q.QUICConn.Ticket(a, refusal))
}

// resume answers whether a session is resumed with early data: if the
// application's context is the same.
func (q *quic) resume(r *tls.ResumeRequest) error {
	a := tls.ResumeEarly
	if !bytes.Equal(r.Application, q.o.quicContext) {
		a = tls.ResumeOnly
	}
	return q.fail(q.Resume(a, nil))
}
