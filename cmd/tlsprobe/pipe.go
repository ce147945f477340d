//go:build !js

package main

import (
	"os/signal"
	"syscall"
)

// ignorePipe makes a closed stdout an error of the write, and not the end by a
// signal.
func ignorePipe() { signal.Ignore(syscall.SIGPIPE) }
