// Command tlsprobe makes TLS connections with package tlsengine, shows them,
// and serves: `tlsprobe help` lists the commands, and `tlsprobe demo` shows a
// whole handshake without a network.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ignorePipe()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		stop() // a second one ends at once
	}()
	p := &probe{
		ctx: ctx, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, now: time.Now,
	}
	os.Exit(p.main(os.Args[1:]))
}
