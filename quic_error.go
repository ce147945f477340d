package tlsengine

import (
	"errors"
	"fmt"

	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/record"
	"github.com/tlsengine/tlsengine/trace/hook"
)

// QUICErrorCode is a transport error code of RFC 9000, Section 20.1.
type QUICErrorCode uint64

// The codes that the handshake closes with. All others are 0x0100 and an
// alert: "The AlertDescription value is added to 0x0100 to produce a QUIC
// error code from the range reserved for CRYPTO_ERROR". RFC 9001, Section 4.8.
const (
	QUICTransportParameterError QUICErrorCode = 0x08
	QUICProtocolViolation       QUICErrorCode = 0x0a
	QUICCryptoBufferExceeded    QUICErrorCode = 0x0d
	QUICCryptoError             QUICErrorCode = 0x0100
)

// String is RFC 9000's name, for an alert with the alert's.
func (c QUICErrorCode) String() string {
	switch {
	case c == QUICTransportParameterError:
		return "TRANSPORT_PARAMETER_ERROR"
	case c == QUICProtocolViolation:
		return "PROTOCOL_VIOLATION"
	case c == QUICCryptoBufferExceeded:
		return "CRYPTO_BUFFER_EXCEEDED"
	case c >= QUICCryptoError && c <= QUICCryptoError+0xff:
		return "CRYPTO_ERROR " + Alert(c-QUICCryptoError).String()
	}
	return fmt.Sprintf("QUIC error 0x%x", uint64(c))
}

// QUICError is the end of a handshake under QUIC: Code goes into a
// CONNECTION_CLOSE frame of type 0x1c.
type QUICError struct {
	Code  QUICErrorCode
	Alert Alert // the nearest alert, for those who want one
	Err   error // the cause: an [*AlertError]
}

// Error gives the cause and the code.
func (e *QUICError) Error() string { return fmt.Sprintf("%v [%v]", e.Err, e.Code) }

// Unwrap returns the cause.
func (e *QUICError) Unwrap() error { return e.Err }

// RefuseQUIC is the answer to a question that closes the connection with the
// code of the caller's choice, such as QUICTransportParameterError.
func RefuseQUIC(code QUICErrorCode, detail string) *QUICError {
	a := alert.AccessDenied
	if code >= QUICCryptoError && code <= QUICCryptoError+0xff {
		a = Alert(code - QUICCryptoError)
	}
	return &QUICError{Code: code, Alert: a, Err: Refuse(a, detail)}
}

// quicCodes are the reasons that QUIC has codes of its own for.
var quicCodes = map[Reason]QUICErrorCode{
	alert.ExcessHandshakeData:      QUICProtocolViolation,    // RFC 9001, Section 4.1.3
	alert.WrongLevel:               QUICProtocolViolation,    // Sections 4.1.3 and 8.3
	alert.PostHandshakeAuth:        QUICProtocolViolation,    // Section 4.4
	alert.TicketEarlyDataUnderQUIC: QUICProtocolViolation,    // Section 4.6.1
	alert.CompatibilityUnderQUIC:   QUICProtocolViolation,    // Section 8.4
	alert.TooMuchUnread:            QUICCryptoBufferExceeded, // RFC 9000, Section 7.5
}

// refuse ends the connection. This is the one place where an error gets its
// code.
func (q *QUICConn) refuse(err error) error {
	if q.err == nil {
		own := quicError(err)
		q.err = own
		if t := q.m.Tracer(); t != nil {
			t.Alert(hook.Alert{Direction: hook.Sent, Level: uint8(alert.Fatal), Description: uint8(own.Alert)})
		}
		q.m.End(q.err) // which wipes its secrets
		q.asm = record.Assembler{}
	}
	return q.err
}

func quicError(err error) *QUICError {
	var own *QUICError
	if errors.As(err, &own) {
		return own
	}
	var known *AlertError
	if !errors.As(err, &known) {
		known = alert.Internal.Wrap(err, "the connection cannot go on")
		err = known
	}
	code, ok := quicCodes[known.Reason]
	if !ok {
		code = QUICCryptoError + QUICErrorCode(known.Alert)
	}
	return &QUICError{Code: code, Alert: known.Alert, Err: err}
}
