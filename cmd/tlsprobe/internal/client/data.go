package client

import (
	"bytes"
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
	quietReply = 500 * time.Millisecond // after the last byte of a reply
	updateWait = 300 * time.Millisecond // for the peer's KeyUpdate
)

// Write sends data.
func (c *Conn) Write(b []byte) (int, error) {
	n, err := c.wire.Write(b)
	if err != nil {
		return n, c.explain(context.Background(), err)
	}
	return n, nil
}

// Reply collects what the peer says to what was written, until it closes, is
// quiet, or has said most bytes; more then reports that there was more.
func (c *Conn) Reply(ctx context.Context, most int64) (reply []byte, more bool, err error) {
	var b bytes.Buffer
	more, err = c.Copy(ctx, &b, most)
	return b.Bytes(), more, err
}

// Copy is Reply into a writer.
func (c *Conn) Copy(ctx context.Context, w io.Writer, most int64) (more bool, err error) {
	wait := firstReply
	for !c.Closed && most > 0 {
		ev, quiet, err := c.nextWithin(ctx, wait)
		switch {
		case quiet || c.Truncated:
			return false, nil
		case err != nil:
			return false, err
		case ev.Kind != tlsengine.EventData:
			continue
		}
		room := min(int64(len(ev.Data)), most)
		most -= room
		if _, err := w.Write(ev.Data[:room]); err != nil {
			return false, err
		}
		if room < int64(len(ev.Data)) || most == 0 {
			return true, nil
		}
		wait = quietReply
	}
	return false, nil
}

// Pour copies what the peer says to a writer until the peer closes, or, once
// quiet is closed, has said nothing for a moment.
func (c *Conn) Pour(ctx context.Context, w io.Writer, finished <-chan struct{}) error {
	for !c.Closed && !c.Truncated {
		wait := 100 * time.Millisecond
		ended := false
		select {
		case <-finished:
			wait, ended = quietReply, true
		default:
		}
		ev, quiet, err := c.nextWithin(ctx, wait)
		switch {
		case c.Truncated, quiet && ended:
			return nil
		case quiet:
			continue
		case err != nil:
			return err
		case ev.Kind == tlsengine.EventData:
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
	if c.failure != nil {
		return c.failure
	}
	if err := c.wire.CloseWrite(); err != nil && !broken(err) {
		return c.explain(ctx, err)
	}
	end := time.Now().Add(ticketWait)
	for !c.Closed && !c.Truncated && time.Now().Before(end) {
		if _, quiet, err := c.nextWithin(ctx, time.Until(end)); quiet {
			break
		} else if err != nil && c.failure != nil && c.failure.Alert != nil {
			return c.failure // refused after all
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

// NoDeadline lifts the deadline for as long as people talk.
func (c *Conn) NoDeadline(context.Context) { c.wire.SetDeadline(time.Time{}) }

// SomeTime puts a deadline in force again, for the end.
func (c *Conn) SomeTime(context.Context) { c.wire.SetDeadline(time.Now().Add(firstReply)) }
