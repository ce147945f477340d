package report

import "github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"

// Error is the JSON document in place of a report that there is none of.
type Error struct {
	Schema string      `json:"schema"`
	Target *string     `json:"target"`
	Exit   int         `json:"exit"`
	Error  ErrorObject `json:"error"`
}

// ErrorObject says what failed.
type ErrorObject struct {
	Code    string       `json:"code"`
	Stage   string       `json:"stage"`
	Message string       `json:"message"`
	Hint    *string      `json:"hint"`
	Alert   *fault.Alert `json:"alert,omitempty"`
}

// ErrorOf is the document of a fault.
func ErrorOf(target string, f *fault.Fault) Error {
	e := Error{Schema: "tlsprobe.error/1", Exit: f.Exit, Error: ObjectOf(f)}
	if target != "" {
		e.Target = &target
	}
	return e
}

// ObjectOf is the object of a fault, as reports hold it.
func ObjectOf(f *fault.Fault) ErrorObject {
	o := ErrorObject{Code: f.Code, Stage: f.Stage, Message: f.Message, Alert: f.Alert}
	if f.Hint != "" {
		o.Hint = &f.Hint
	}
	return o
}
