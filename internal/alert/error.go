package alert

import (
	"fmt"
	"strconv"
	"strings"
)

// Error is a refusal by this side: something the peer sent, or a verdict on
// it, ends the connection, and the peer is told with Alert.
type Error struct {
	Alert  Alert  // what the peer is told
	Reason Reason // what was wrong, for programs
	Detail string // what was wrong and what was expected, for people; no secret, no bytes of the peer's choice
	Err    error  // the cause, where another package found it; may be nil
}

// Error gives the detail, the cause and the alert, in one line of printable
// ASCII. A cause may name what the peer named, such as the host of a
// certificate: what is not printable in it becomes an escape, and what is too
// long is cut.
func (e *Error) Error() string {
	s := e.Detail
	if s == "" {
		s = e.Reason.String()
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return printable(s) + " (alert " + e.Alert.String() + ")"
}

// maxText is how many bytes of a text are shown.
const maxText = 500

// printable is a text that can stand in a log.
func printable(s string) string {
	if len(s) > maxText {
		s = s[:maxText] + "..."
	}
	quoted := strconv.QuoteToASCII(s)
	quoted = quoted[1 : len(quoted)-1]
	return strings.ReplaceAll(quoted, `\"`, `"`)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// PeerError says that the peer ended the connection with an alert.
type PeerError struct {
	Alert Alert
}

// Error names the alert.
func (e *PeerError) Error() string { return "the peer sent alert " + e.Alert.String() }

// Errorf returns the refusal with that reason and a detail in words. The
// detail starts with its subject ("server …", "client …"), in lower case.
func (r Reason) Errorf(format string, args ...any) *Error {
	return &Error{Alert: r.Alert(), Reason: r, Detail: fmt.Sprintf(format, args...)}
}

// Wrap returns the refusal with that reason, a subject, and a cause that
// another package found.
func (r Reason) Wrap(err error, detail string) *Error {
	return &Error{Alert: r.Alert(), Reason: r, Detail: detail, Err: err}
}
