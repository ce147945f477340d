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

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
)

// lastWait is how long a command may take to print what it knows after SIGINT.
const lastWait = 2 * time.Second

func main() {
	ignorePipe()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		stop() // a second one ends at once
		time.Sleep(lastWait)
		os.Stderr.WriteString("tlsprobe: interrupted, and what is known cannot be written\n") //nolint:errcheck // it ends anyway
		os.Exit(fault.Interrupted)
	}()
	p := &probe{
		ctx: ctx, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, now: time.Now, tty: isTerminal(os.Stderr),
	}
	os.Exit(p.main(os.Args[1:]))
}
