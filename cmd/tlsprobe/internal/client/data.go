package client

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
)

// How long a client waits for what may never come.
const (
	ticketWait = 300 * time.Millisecond // for the peer's end, and for tickets before it
	firstReply = 5 * time.Second        // for the first byte of a reply
	updateWait = 300 * time.Millisecond // for the peer's KeyUpdate
)

// Writer is where data for the peer goes. It may be used by another goroutine
// than the rest; the reading side says what is wrong with the connection.
func (c *Conn) Writer() io.Writer { return c.wire }

// Exchange sends a request, at the same time copies what the peer says to a
// writer, until the peer closes, is quiet, or has said most bytes. more says
// that there was more.
func (c *Conn) Exchange(ctx context.Context, request []byte, w io.Writer, most int64) (more bool, err error) {
	sent := make(chan struct{})
	var writing error
	go func() {
		defer close(sent)
		_, writing = c.wire.Write(request)
	}()
	room := &limited{w: w, left: most}
	if most > 0 {
		err = c.Pour(ctx, room, sent)
	}
	if errors.Is(err, errFull) {
		c.wire.SetWriteDeadline(time.Now().Add(time.Millisecond)) // what is not sent yet is of no use
		err = nil
	}
	<-sent
	c.spoiled = writing != nil
	deadline, _ := ctx.Deadline()
	c.wire.SetWriteDeadline(deadline)
	return room.more, err
}

// errFull ends an Exchange.
var errFull = errors.New("the reply is longer than was asked for")

// limited takes so many bytes.
type limited struct {
	w    io.Writer
	left int64
	more bool
}

func (l *limited) Write(b []byte) (int, error) {
	n := min(int64(len(b)), l.left)
	l.left -= n
	if _, err := l.w.Write(b[:n]); err != nil {
		return 0, err
	}
	if l.more = n < int64(len(b)); l.more || l.left == 0 {
		l.more = true
		return int(n), errFull
	}
	return len(b), nil
}

// Pour copies what the peer says to a writer until the peer closes, or, once
// finished is closed, has said nothing for a while.
func (c *Conn) Pour(ctx context.Context, w io.Writer, finished <-chan struct{}) error {
	wait := max(firstReply, c.opts.Linger)
	for quietSince := time.Now(); !c.Closed && !c.Truncated; {
		select {
		case <-finished:
		default:
			quietSince = time.Now() // nothing is expected before all is said
		}
		left := wait - time.Since(quietSince)
		if left <= 0 {
			return nil
		}
		ev, _, err := c.nextWithin(ctx, min(left, 100*time.Millisecond))
		switch {
		case c.Truncated:
			return nil
		case err != nil:
			return err
		case ev.Kind == tlsengine.EventData:
			quietSince, wait = time.Now(), c.opts.Linger
			if _, err := w.Write(ev.Data); err != nil {
				return err
			}
		}
	}
	return nil
}

// UpdateKeys changes the keys and asks the peer to. Patient, it waits a little
// for that; data that comes meanwhile is dropped.
func (c *Conn) UpdateKeys(ctx context.Context, patient bool) error {
	if err := c.wire.UpdateKeys(); err != nil || !patient {
		return err
	}
	for end := time.Now().Add(updateWait); !c.Updated && !c.Closed && time.Now().Before(end); {
		if _, quiet, err := c.nextWithin(ctx, time.Until(end)); quiet || err != nil {
			return err
		}
	}
	return nil
}

// Finish says close_notify and waits a little for the peer's, taking the
// tickets that come before it.
func (c *Conn) Finish(ctx context.Context) error {
	defer c.wire.Close() //nolint:errcheck // it is over
	switch {
	case c.failure != nil:
		return c.failure
	case c.spoiled:
		return nil // half a record was sent: nothing can follow it
	}
	if err := c.wire.CloseWrite(); err != nil && !broken(err) {
		return c.explain(ctx, err)
	}
	end := time.Now().Add(ticketWait)
	for !c.Closed && !c.Truncated && time.Now().Before(end) {
		if _, quiet, err := c.nextWithin(ctx, time.Until(end)); quiet {
			break
		} else if err != nil && c.failure != nil && (c.failure.Alert != nil || c.failure.Exit == fault.Interrupted) {
			return c.failure // refused after all, or cut short
		} else if err != nil {
			break
		}
	}
	return nil
}

// Close closes the transport without a word.
func (c *Conn) Close() { c.wire.Close() } //nolint:errcheck // it is over

// nextWithin is next, for a while. quiet says that nothing came.
func (c *Conn) nextWithin(ctx context.Context, d time.Duration) (ev tlsengine.Event, quiet bool, err error) {
	if ctx.Err() != nil {
		return ev, false, c.explain(ctx, os.ErrDeadlineExceeded)
	}
	end, _ := ctx.Deadline()
	soon := time.Now().Add(d)
	if !end.IsZero() && end.Before(soon) {
		soon = end
	}
	c.wire.SetReadDeadline(soon)
	defer func() { c.wire.SetReadDeadline(end) }()
	ev, err = c.wireNext(ctx)
	if errors.Is(err, errQuiet) {
		return ev, true, nil
	}
	return ev, false, err
}

var errQuiet = errors.New("nothing came")

// wireNext is next, but an idle transport is no fault as long as the whole
// has time left.
func (c *Conn) wireNext(ctx context.Context) (tlsengine.Event, error) {
	ev, err := c.next(ctx)
	if c.failure != nil && c.failure.Code == "tls.timeout" && ctx.Err() == nil {
		c.failure = nil
		return ev, errQuiet
	}
	return ev, err
}

// fault for data after the peer left.
func gone() *fault.Fault {
	return fault.New(fault.TLSFailed, "tls.closed", "data", "TLS failed: the peer closed the connection without close_notify").
		WithHint("data may be missing")
}

// Until puts another context in the place of New's: its deadline, if it has
// one, and its end.
func (c *Conn) Until(ctx context.Context) {
	c.release()
	deadline, _ := ctx.Deadline()
	c.wire.SetDeadline(deadline)
	c.endWith(ctx)
}
