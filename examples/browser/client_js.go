//go:build js && wasm

package main

import (
	"crypto/x509"
	"fmt"
	"strings"
	"syscall/js"

	tls "github.com/tlsengine/tlsengine"
)

// client is one connection over a WebSocket.
type client struct {
	engine *tls.Engine
	socket js.Value
	host   string
	page   strings.Builder
	over   bool
}

// main connects when the page has called tlsGet(host, roots).
func main() {
	js.Global().Set("tlsGet", js.FuncOf(func(_ js.Value, args []js.Value) any {
		get(args[0].String(), args[1].String())
		return nil
	}))
	js.Global().Call("ready")
	select {}
}

// get gets the first page of a host.
func get(host, pem string) {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(pem))
	e, err := tls.NewClient(&tls.Config{ServerName: host, Roots: roots})
	if err != nil {
		report("error", err.Error())
		return
	}
	where := js.Global().Get("location").Get("host").String()
	c := &client{engine: e, host: host, socket: js.Global().Get("WebSocket").New("ws://" + where + "/relay")}
	c.socket.Set("binaryType", "arraybuffer")
	c.on("open", func(js.Value) { c.send(c.engine.Flush(nil)) })
	c.on("message", func(event js.Value) {
		array := js.Global().Get("Uint8Array").New(event.Get("data"))
		in := make([]byte, array.Length())
		js.CopyBytesToGo(in, array)
		c.receive(in)
	})
	c.on("close", func(js.Value) { c.end(c.engine.TransportEOF()) })
}

func (c *client) on(event string, f func(event js.Value)) {
	c.socket.Set("on"+event, js.FuncOf(func(_ js.Value, args []js.Value) any {
		f(args[0])
		return nil
	}))
}

// receive is the loop of every engine, with the transport's event around it.
func (c *client) receive(in []byte) {
	var out []byte
	for ev, err := range c.engine.Feed(in) {
		if err != nil {
			c.send(c.engine.Flush(out))
			c.end(err)
			return
		}
		switch ev.Kind {
		case tls.EventHandshakeDone:
			request := fmt.Sprintf("GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", c.host)
			out, _ = c.engine.Send(out, []byte(request))
		case tls.EventData:
			c.page.Write(ev.Data)
		case tls.EventPeerClosed:
			c.send(c.engine.Close(out))
			c.end(nil)
			return
		}
	}
	c.send(c.engine.Flush(out))
}

func (c *client) send(out []byte) {
	if len(out) == 0 {
		return
	}
	array := js.Global().Get("Uint8Array").New(len(out))
	js.CopyBytesToJS(array, out)
	c.socket.Call("send", array)
}

func (c *client) end(err error) {
	if c.over {
		return
	}
	c.over = true
	c.socket.Call("close")
	if err != nil {
		report("error", err.Error())
		return
	}
	st := c.engine.ConnectionState()
	_, body, _ := strings.Cut(c.page.String(), "\r\n\r\n")
	report("page", fmt.Sprintf("%v, %v, %v\n%s", st.Version, st.Group, st.Suite.ID, body))
}

// report gives the page what there is to show.
func report(kind, text string) { js.Global().Call("report", kind, text) }
