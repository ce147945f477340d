// Package fault holds the one kind of error that the commands end with: what
// failed, in words and as a stable code, and what the process exits with.
package fault

import (
	"errors"
	"fmt"
)

// The exit codes. A command that did all that was asked ends with OK.
const (
	OK          = 0   // done; everything asked for holds
	CheckFailed = 1   // done; an asked-for check fails
	Usage       = 2   // wrong usage or unusable input
	NotReached  = 3   // name, TCP, timeout before TLS
	TLSFailed   = 4   // reached, but TLS failed
	Incomplete  = 5   // finished, but some of it stayed unknown
	Bug         = 70  // a bug in tlsprobe
	Interrupted = 130 // SIGINT
)

// Fault is why a command did not end with OK.
type Fault struct {
	Exit    int
	Code    string // stable, dotted: "tcp.refused"
	Stage   string // where: usage, input, resolve, connect, handshake, verify, data, output
	Target  string // what it is about: a host, a file; may be empty
	Message string // one line: what failed and why
	Hint    string // what to do about it; may be empty
	Alert   *Alert // the alert that was received or sent, if any
	Err     error  // the cause; may be nil

	// Reported says that the answer on stdout holds this fault already.
	Reported bool
}

// Alert is an alert as the reports show it.
type Alert struct {
	ID   uint8  `json:"id"`
	Name string `json:"name"`
}

// Error is the message.
func (f *Fault) Error() string { return f.Message }

// Unwrap is the cause.
func (f *Fault) Unwrap() error { return f.Err }

// WithHint sets the hint and returns the fault.
func (f *Fault) WithHint(format string, args ...any) *Fault {
	f.Hint = fmt.Sprintf(format, args...)
	return f
}

// For says what the fault is about and returns it.
func (f *Fault) For(target string) *Fault {
	f.Target = target
	return f
}

// New returns a fault whose stage follows from nothing else.
func New(exit int, code, stage, format string, args ...any) *Fault {
	return &Fault{Exit: exit, Code: code, Stage: stage, Message: fmt.Errorf(format, args...).Error(), Err: wrapped(args)}
}

// UsageError is a command line that makes no sense: code is "flag" for usage.flag.
func UsageError(code, format string, args ...any) *Fault {
	return New(Usage, "usage."+code, "usage", format, args...)
}

// InputError is a file that cannot be used: code is "key" for input.key.
func InputError(code, format string, args ...any) *Fault {
	return New(Usage, "input."+code, "input", format, args...)
}

// Of is the fault in an error; one that is none is a bug of ours.
func Of(err error) *Fault {
	if err == nil {
		return nil
	}
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return &Fault{Exit: Bug, Code: "internal", Stage: "internal", Message: err.Error(), Err: err}
}

// wrapped is the last error among the arguments.
func wrapped(args []any) (err error) {
	for _, a := range args {
		if e, ok := a.(error); ok {
			err = e
		}
	}
	return err
}
