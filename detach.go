package tlsengine

import "errors"

// ErrDetached is the error of every call to an engine that was detached.
var ErrDetached = errors.New("the engine was detached")
