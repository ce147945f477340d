package tlsengine

import (
	"errors"

	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
)

// The kinds of failures.
const (
	noFailure uint8 = iota
	failedByAlert
	failedByPeer
	failedByEOF
	failedOtherwise
	failedUnderQUIC
)

// maxFailureText is how many bytes of an error's text a snapshot keeps.
const maxFailureText = 1 << 12

// freezeFailure writes what ended a connection. It thaws as the same error:
// of the same type, alert, reason and text. Only a cause from outside this
// module becomes its text.
//
//	struct {
//	    uint8 kind;                 /* 0: none                                */
//	    select (Failure.kind) {
//	        case 1:                 /* AlertError                             */
//	            AlertDescription alert;
//	            opaque reason<0..2^8-1>;
//	            opaque detail<0..2^16-1>;
//	            optional opaque cause<0..2^16-1>;
//	        case 2:                 /* PeerAlertError                         */
//	            AlertDescription alert;
//	        case 3: Empty;          /* ErrTruncated                           */
//	        case 4:
//	            opaque text<0..2^16-1>;
//	        case 5:                 /* QUICError                              */
//	            uint64 code;
//	            AlertDescription alert;
//	            Failure cause;
//	    };
//	} Failure;
func freezeFailure(f *handshake.Freezer, err error) {
	switch err := err.(type) {
	case nil:
		f.Uint8(noFailure)
	case *AlertError:
		f.Uint8(failedByAlert)
		f.Uint8(uint8(err.Alert))
		f.Opaque8([]byte(err.Reason.String()))
		freezeText(f, err.Detail)
		f.Optional(err.Err != nil, func() { freezeText(f, err.Err.Error()) })
	case *PeerAlertError:
		f.Uint8(failedByPeer)
		f.Uint8(uint8(err.Alert))
	case *QUICError:
		f.Uint8(failedUnderQUIC)
		f.Uint64(uint64(err.Code))
		f.Uint8(uint8(err.Alert))
		freezeFailure(f, err.Err)
	default:
		if err == ErrTruncated {
			f.Uint8(failedByEOF)
			return
		}
		f.Uint8(failedOtherwise)
		freezeText(f, err.Error())
	}
}

func freezeText(f *handshake.Freezer, s string) { f.Opaque16([]byte(s[:min(len(s), maxFailureText)])) }

func thawFailure(t *handshake.Thawer) error {
	kind := t.Uint8()
	if kind == failedUnderQUIC {
		return &QUICError{Code: QUICErrorCode(t.Uint64()), Alert: Alert(t.Uint8()), Err: thawCause(t, t.Uint8())}
	}
	return thawCause(t, kind)
}

func thawCause(t *handshake.Thawer, kind uint8) error {
	switch kind {
	case noFailure:
		return nil
	case failedByAlert:
		err := &AlertError{Alert: Alert(t.Uint8()), Reason: alert.ReasonNamed(string(t.Vector8())), Detail: string(t.Vector16())}
		t.Optional(func() { err.Err = errors.New(string(t.Vector16())) })
		return err
	case failedByPeer:
		return &PeerAlertError{Alert: Alert(t.Uint8())}
	case failedByEOF:
		return ErrTruncated
	case failedOtherwise:
		return errors.New(string(t.Vector16()))
	}
	t.Damaged()
	return nil
}
