package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
)

// connect makes connection i, checks what is expected, talks, and ends it.
// The options again are those in force once early data was rejected.
func connect(env *environment, o, again *options, i int) error {
	if i > 0 && !o.server && env.session == nil {
		//lint:ignore ST1005 the words are those that the runner looks for
		return errors.New("No session to offer")
	}
	c := &conn{o: o, again: again, env: env, i: i, selected: -1}
	cfg, err := o.config(env)
	if err != nil {
		return err
	}
	if !o.server && i == 0 {
		cfg.Session = nil
	}
	for _, cred := range o.credentials {
		loaded, err := cred.load()
		if err != nil {
			return err
		}
		c.creds = append(c.creds, loaded)
	}
	if c.net, err = dial(o); err != nil {
		return err
	}
	c.deadline(14 * time.Second)
	defer c.end()
	e, err := newEngine(o, cfg)
	if err != nil {
		return err
	}
	c.e = e
	if err := c.talk(); err != nil {
		return err
	}
	return c.keepSession()
}

// talk is the whole of a connection: early data, handshake, the exchange.
func (c *conn) talk() error {
	early, err := c.sendEarly()
	if err != nil {
		return err
	}
	if err := c.handshake(); err != nil {
		return onClientHello(c, err)
	}
	early = early && !c.refused
	if err := c.check(); err != nil {
		return err
	}
	if err := c.sayFirst(early); err != nil {
		return err
	}
	if !c.o.shutsDown {
		if err := c.echo(); err != nil {
			return err
		}
	}
	return c.shutdown()
}

// sendEarly sends the initial write as early data, if it may.
func (c *conn) sendEarly() (bool, error) {
	f := c.e.ConnectionState()
	if c.o.server || f.EarlyData != handshake.EarlyDataOffered {
		return false, nil
	}
	if c.o.expect.noOfferEarly {
		return false, errors.New("early data was offered")
	}
	if !c.o.writesFirst {
		return false, nil
	}
	if c.o.exportLength > 0 {
		_, err := c.export()
		return true, err
	}
	out := c.e.Flush(nil)
	for range c.o.repeatWrite {
		now := min(len(c.o.initialWrite), c.e.EarlyDataLeft())
		var err error
		if out, err = c.e.SendEarly(out, []byte(c.o.initialWrite[:now])); err != nil {
			return false, err
		}
		c.unsent = append(c.unsent, c.o.initialWrite[now:]...)
	}
	return true, c.write(out)
}

// handshake goes on until it is done. A server answers early data meanwhile.
func (c *conn) handshake() error {
	for !c.done {
		ev, err := c.next()
		if errors.Is(err, io.EOF) {
			c.e.TransportEOF()
			return errors.New("the peer closed during the handshake")
		}
		if err != nil {
			return err
		}
		switch ev.Kind {
		case tls.EventHandshakeDone:
			c.done = true
		case tls.EventEarlyDataRejected:
			if err := c.retried(); err != nil {
				return err
			}
		case tls.EventEarlyData:
			if err := c.reply(c.e.SendEarly, ev.Data); err != nil {
				return err
			}
		case tls.EventPeerClosed:
			return errors.New("the peer closed during the handshake")
		}
	}
	return c.flush(nil)
}

// retried goes on with the options for after early data was rejected.
func (c *conn) retried() error {
	st := c.e.ConnectionState()
	if err := c.checkEarly(&c.o.expect, &st); err != nil {
		return err
	}
	c.o, c.refused = c.again, true
	return nil
}

// sayFirst says what goes before the exchange.
func (c *conn) sayFirst(early bool) error {
	var plain []byte
	if c.o.exportSecrets {
		return unsupported("exporting traffic secrets")
	}
	if c.o.exportLength > 0 {
		key, err := c.export()
		if err != nil {
			return fmt.Errorf("failed to export keying material: %w", err)
		}
		plain = append(plain, key...)
	}
	if c.o.sendAlert {
		return c.write(c.e.Abort(nil, 30))
	}
	if c.o.writesFirst && !early {
		for range c.o.repeatWrite {
			plain = append(plain, c.o.initialWrite...)
		}
	}
	if early {
		plain = append(plain, c.unsent...)
	}
	if len(plain) == 0 {
		return nil
	}
	out, err := c.e.Send(nil, plain)
	if err != nil {
		return err
	}
	if c.o.unfinishedWrite {
		c.held, out = out[1:], out[:1]
	}
	return c.write(out)
}

func (c *conn) export() ([]byte, error) {
	var context []byte
	if c.o.useExportContext {
		context = append([]byte{}, c.o.exportContext...)
	}
	return c.e.Export(c.o.exportLabel, context, c.o.exportLength)
}

// echo sends back what comes, inverted, until the peer closes.
func (c *conn) echo() error {
	if c.o.sendAlert {
		return nil
	}
	for {
		ev, err := c.next()
		if errors.Is(err, io.EOF) {
			return c.eof()
		}
		if err != nil {
			return err
		}
		switch ev.Kind {
		case tls.EventPeerClosed:
			c.peerClosed = true
			return nil
		case tls.EventData:
			if err := c.echoed(ev.Data); err != nil {
				return err
			}
		}
	}
}

func (c *conn) echoed(data []byte) error {
	if err := c.write(c.held); err != nil {
		return err
	}
	c.held = nil
	if c.o.keyUpdate {
		out, err := c.e.UpdateKeys(nil, handshake.UpdateNotRequested)
		if err != nil {
			return err
		}
		if err := c.write(out); err != nil {
			return err
		}
	}
	if err := c.reply(c.e.Send, data); err != nil {
		return err
	}
	if c.o.exporterBetween {
		if _, err := c.e.Export("some label", nil, 1); err != nil {
			return err
		}
	}
	return nil
}

// reply sends data inverted.
func (c *conn) reply(send func(out, plain []byte) ([]byte, error), data []byte) error {
	for i := range data {
		data[i] ^= 0xff
	}
	out, err := send(nil, data)
	if err != nil {
		return err
	}
	return c.write(out)
}

// eof judges the end of the transport.
func (c *conn) eof() error {
	err := c.e.TransportEOF()
	if err != nil && c.o.checkClose {
		//lint:ignore ST1005 the words are those that the runner looks for
		return fmt.Errorf("Unexpected SSL_shutdown result: -1 != 1 (%w)", err)
	}
	return nil
}

// shutdown ends the sending half as the flags want.
func (c *conn) shutdown() error {
	if !c.o.checkClose && !c.o.shutsDown || c.o.sendAlert {
		return nil
	}
	if err := c.write(c.e.Close(nil)); err != nil {
		return err
	}
	if !c.o.checkClose || c.peerClosed {
		return nil
	}
	for {
		ev, err := c.next()
		switch {
		case errors.Is(err, io.EOF):
			return c.eof()
		case err != nil:
			return err
		case ev.Kind == tls.EventPeerClosed:
			return nil
		case ev.Kind == tls.EventData:
			//lint:ignore ST1005 the words are those that the runner looks for
			return errors.New(":APPLICATION_DATA_ON_SHUTDOWN:")
		}
	}
}

// end flushes what is owed, closes the sending half and drains the other, so
// that the runner sees the alert and not a reset.
func (c *conn) end() {
	if c.e != nil {
		c.flush(nil)
	}
	if tcp, ok := c.net.(*net.TCPConn); ok {
		tcp.CloseWrite()
	}
	c.deadline(5 * time.Second)
	io.Copy(io.Discard, c.net)
	c.net.Close()
}

// keepSession keeps the newest session for the next connection.
func (c *conn) keepSession() error {
	if c.o.server {
		return nil
	}
	if n := len(c.sessions); n > 0 {
		c.env.session = c.sessions[n-1]
	}
	return c.checkSession()
}
