package tlsengine

import (
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/record"
)

// MaxQUICTickets is how many tickets a client makes sessions of. What comes
// after is read and dropped: a long connection may see any number.
const MaxQUICTickets = 64

// HandleCrypto takes the next bytes of a level's CRYPTO stream, in order and
// in any split, of which it keeps nothing but a copy of what is incomplete, or
// waits for an answer. Afterwards take the events and look at Pending.
//
// The level must be [QUICConn.ReadLevel]: QUIC keeps bytes of higher ones, and
// gets none of lower ones from a peer that is right. The error is a
// [*QUICError].
func (q *QUICConn) HandleCrypto(level QUICLevel, data []byte) error {
	switch {
	case q.err != nil:
		return q.err
	case len(data) == 0:
		return nil
	case level != q.level:
		return q.refuse(alert.WrongLevel.Errorf("the peer sent handshake data at level %v, expected %v", level, q.level))
	}
	for len(data) > 0 {
		n := min(len(data), q.limits[level]-len(q.asm.Unread()))
		if n <= 0 {
			return q.refuse(alert.TooMuchUnread.Errorf("the peer sent more than %d bytes ahead at level %v", q.limits[level], level))
		}
		if err := q.feed(data[:n]); err != nil {
			return err
		}
		if data = data[n:]; len(data) > 0 && level != q.level {
			return q.refuse(q.excess())
		}
	}
	return nil
}

// ReadLevel is the level whose CRYPTO bytes come next.
func (q *QUICConn) ReadLevel() QUICLevel { return q.level }

// MaxCrypto is how many bytes of the level's CRYPTO stream are kept while they
// are incomplete, or a question is pending: more are CRYPTO_BUFFER_EXCEEDED.
// It is also a bound for what QUIC keeps of bytes out of order. There are none
// at the early level.
func (q *QUICConn) MaxCrypto(level QUICLevel) int {
	if int(level) >= len(q.limits) {
		return 0
	}
	return q.limits[level]
}

// quicLimits are the bounds of each level: one message, and while the chain is
// verified a flight of them.
func quicLimits(cfg *Config) [4]int {
	const header = 4
	message, certificate := cfg.MaxMessage, cfg.MaxCertificate
	if message == 0 {
		message = record.DefaultMaxMessage
	}
	if certificate == 0 {
		certificate = record.DefaultMaxCertificate
	}
	one := header + message
	return [4]int{QUICInitial: one, QUICHandshake: max(header+certificate, one) + one, QUICApplication: one}
}

// feed gives bytes to the machine, as far as they are whole messages and no
// question is open.
func (q *QUICConn) feed(data []byte) error {
	if err := q.asm.Add(data); err != nil {
		return q.refuse(err)
	}
	err := q.advance()
	q.asm.Retain()
	return err
}

func (q *QUICConn) advance() error {
	for !q.m.State().Awaits() {
		msg, ok, err := q.asm.Next()
		if err != nil {
			return q.refuse(err)
		}
		if !ok {
			return nil
		}
		if err := q.message(msg); err != nil {
			return err
		}
	}
	return nil
}

// message gives one message to the machine.
func (q *QUICConn) message(msg []byte) error {
	after := q.m.Done()
	if err := q.m.Message(msg); err != nil {
		_ = q.collect() // what was said before
		return q.refuse(err)
	}
	if after {
		if q.quiet++; q.quiet > MaxQUICTickets {
			q.m.Take()
			return nil
		}
	}
	return q.collect()
}

// leftover looks, where the outputs say that the peer's flight is read, for
// what stands behind it. It is an error, or nil.
func (q *QUICConn) leftover(list []handshake.Output) error {
	for i := range list {
		if ends(list[i].Kind) && !q.asm.Aligned() {
			return q.excess()
		}
	}
	return nil
}

// excess is what is wrong with bytes behind the last message of a flight.
//
// "When TLS provides keys for a higher encryption level, if there is data from
// a previous encryption level that TLS has not consumed, this MUST be treated
// as a connection error of type PROTOCOL_VIOLATION." RFC 9001, Section 4.1.3.
func (q *QUICConn) excess() error {
	return alert.ExcessHandshakeData.Errorf("the peer sent more than the last message of its flight at level %v", q.level)
}

// Pending is the question that the handshake waits on, or nil. It is a
// function of the state: asked again, it says the same. CRYPTO bytes are
// still taken, and kept unread, up to MaxCrypto.
func (q *QUICConn) Pending() Request {
	if q.err != nil {
		return nil
	}
	return q.m.Pending()
}

// answered goes on after an answer.
func (q *QUICConn) answered(err error) error {
	switch {
	case q.err != nil:
		return q.err
	case err == ErrNotPending || err == ErrParameters || err == ErrCredential:
		return err
	case err != nil:
		_ = q.collect()
		return q.refuse(err)
	}
	if err := q.collect(); err != nil {
		return err
	}
	err = q.advance()
	q.asm.Retain()
	return err
}

// UseConfig answers a [ConfigRequest], like [Engine.UseConfig]. MaxCrypto is the
// new Config's from then on.
//
// This and the other answers return ErrNotPending, and change nothing, when
// their question is not open. Any other error is a [*QUICError] and the end. A
// refusal may be one too ([RefuseQUIC]).
func (q *QUICConn) UseConfig(cfg *Config, refusal error) error {
	return q.answered(q.m.UseConfig(cfg, refusal))
}

// Ticket answers a [TicketRequest].
func (q *QUICConn) Ticket(a TicketAnswer, refusal error) error {
	return q.answered(q.m.Ticket(a, refusal))
}

// Resume answers a [ResumeRequest].
func (q *QUICConn) Resume(a ResumeAnswer, refusal error) error {
	return q.answered(q.m.Resume(a, refusal))
}

// SetParameters answers a [ParametersRequest] with this side's transport
// parameters, which are copied. ErrParameters says that they are too long, and
// changes nothing.
func (q *QUICConn) SetParameters(own []byte, refusal error) error {
	return q.answered(q.m.SetParameters(own, refusal))
}

// UseCredential answers a [CredentialRequest]. ErrCredential is no answer, and
// changes nothing.
func (q *QUICConn) UseCredential(c *Credential, refusal error) error {
	return q.answered(q.m.UseCredential(c, refusal))
}

// Signed answers a [SignatureRequest].
func (q *QUICConn) Signed(sig []byte, failure error) error {
	return q.answered(q.m.Signed(sig, failure))
}

// Verified answers a [VerdictRequest].
func (q *QUICConn) Verified(verdict error) error {
	return q.answered(q.m.Verified(verdict))
}
