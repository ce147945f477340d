// Package visit is one TLS connection of a server: handshake, one HTTP request
// or an echo, and an end.
package visit

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"time"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/drive"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/ladder"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/trace"
	"github.com/tlsengine/tlsengine/trace/hook"
)

// Limits of a connection.
const (
	MaxHandshake = 64 << 10         // bytes from the client until the handshake is done, early data aside
	MaxRequest   = 16 << 10         // bytes of an HTTP request
	RequestTime  = 10 * time.Second // for the handshake and the request
	lingerTime   = time.Second      // for the client's end
	maxLines     = 500              // of the ladder
)

// Host is what all visits have in common.
type Host struct {
	Config   tlsengine.Config
	ForceHRR bool
	Echo     bool
	Idle     time.Duration // for an echo without traffic
	StartTLS string        // what is spoken before TLS; "" for TLS at once
	Faults   *Faults       // what goes wrong on purpose; nil for nothing
	Keep     bool          // the trace is wanted of an echo too

	// Answer makes the answer to an HTTP request.
	Answer func(v *Visit, method, path string) []byte
}

// Visit is one connection, and what is known of it.
type Visit struct {
	Lines   []ladder.Line
	Early   []byte // what came as early data
	Request string // first line of the request
	Took    time.Duration

	host  *Host
	wire  *drive.Conn
	gate  *gate
	trace *trace.Recorder // nil when nobody gets to see it
	hello *handshake.ClientHelloInfo
	body  bytes.Buffer
	done  bool
	over  bool // the client said close_notify

	rewrite func(handshake.MessageType, []byte) []byte // a fault's
}

// GreetingError is a client that did not come to TLS.
type GreetingError struct {
	Protocol string
	Err      error
}

// Error says how far it came.
func (e *GreetingError) Error() string {
	return "before STARTTLS of " + e.Protocol + ": " + e.Err.Error()
}

// Unwrap is the cause.
func (e *GreetingError) Unwrap() error { return e.Err }

// ErrOnPurpose ends a connection as a fault wants it.
var ErrOnPurpose = errors.New("ended on purpose, by --fault")

// Serve serves a connection until its end, and closes it.
func (h *Host) Serve(nc net.Conn) (v *Visit, err error) {
	v = &Visit{host: h}
	defer nc.Close() //nolint:errcheck // it is over
	reader := &ladder.Reader{}
	watch := ladder.NewWatch(false, func(it ladder.Item) {
		if l, ok := reader.Line(it); ok && len(v.Lines) < maxLines {
			v.Lines = append(v.Lines, l)
		}
	})
	cfg := h.Config
	cfg.Ask |= tlsengine.AskConfig
	cfg.Tracer = watch
	if !h.Echo || h.Keep {
		v.trace = trace.NewRecorder("server", time.Now)
		cfg.Tracer = hook.Several(v.trace, watch)
	}
	transport := h.Faults.apply(&cfg, nc)
	v.rewrite = cfg.Rewrite
	e, err := tlsengine.NewServer(&cfg)
	if err != nil {
		return v, err
	}
	v.gate = &gate{Conn: transport, left: MaxHandshake + int(h.Config.MaxEarlyData)}
	v.wire = drive.New(e, v.gate)
	if err := greet(nc, h.StartTLS); err != nil {
		return v, &GreetingError{h.StartTLS, err}
	}
	v.wire.SetDeadline(time.Now().Add(RequestTime))
	defer v.wire.Flush() //nolint:errcheck // an alert is a courtesy
	if err := v.handshake(); err != nil {
		return v, err
	}
	if h.Echo {
		return v, v.echo()
	}
	return v, v.answer()
}

// handshake goes on until both sides are done.
func (v *Visit) handshake() error {
	start := time.Now()
	for !v.done {
		ev, err := v.wire.Next()
		if err != nil {
			return err
		}
		if err := v.event(ev); err != nil {
			return err
		}
	}
	v.Took = time.Since(start)
	v.gate.open = true
	return v.wire.Flush()
}

// event takes what happened.
func (v *Visit) event(ev tlsengine.Event) error {
	switch ev.Kind {
	case tlsengine.EventRequest:
		return v.question()
	case tlsengine.EventHandshakeDone:
		v.done = true
	case tlsengine.EventData:
		v.body.Write(ev.Data)
	case tlsengine.EventEarlyData:
		v.body.Write(ev.Data)
		v.Early = append(v.Early, ev.Data...)
	case tlsengine.EventPeerClosed:
		v.over = true
	}
	return nil
}

// question answers what the engine asks.
func (v *Visit) question() error {
	e := v.wire.Engine
	switch req := e.Pending().(type) {
	case *tlsengine.ConfigRequest:
		v.hello = &req.Hello
		if v.host.Faults.after(v) {
			return ErrOnPurpose
		}
		return e.UseConfig(v.config(), nil)
	case *tlsengine.VerdictRequest:
		return e.Verified(nil) // without --client-ca any certificate is as good as another
	}
	return errors.New("the engine asked what nobody can answer")
}

// config is the Config for this client.
func (v *Visit) config() *tlsengine.Config {
	cfg := v.host.Config
	cfg.Rewrite = v.rewrite
	if v.host.ForceHRR {
		if list := unshared(&cfg, v.hello); len(list) > 0 {
			cfg.Groups = list
		}
	}
	return &cfg
}

// unshared are the groups that the client has and sent no share of: taking one
// of them needs a HelloRetryRequest.
func unshared(cfg *tlsengine.Config, hello *handshake.ClientHelloInfo) (list []*group.Group) {
	groups := cfg.Groups
	if groups == nil {
		groups = group.Default()
	}
	shared := map[group.ID]bool{}
	for _, id := range hello.KeyShares {
		shared[id] = true
	}
	for _, g := range groups {
		for _, id := range hello.Groups {
			if g.ID == id && !shared[id] {
				list = append(list, g)
			}
		}
	}
	return list
}

// echo sends back what comes.
func (v *Visit) echo() error {
	for {
		if v.body.Len() > 0 {
			if _, err := v.wire.Write(v.body.Bytes()); err != nil {
				return err
			}
			v.body.Reset()
		}
		if v.over {
			return v.end()
		}
		v.wire.SetDeadline(time.Now().Add(v.host.Idle))
		ev, err := v.wire.Next()
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return v.end()
		case err != nil:
			return err
		}
		if err := v.event(ev); err != nil {
			return err
		}
	}
}

// end says close_notify and gives the client a moment to do the same, so that
// what was sent is not lost in a reset.
func (v *Visit) end() error {
	if err := v.wire.CloseWrite(); err != nil {
		return nil //nolint:nilerr // the client is gone, and has all it wanted
	}
	v.wire.CloseTransport()
	v.wire.SetDeadline(time.Now().Add(lingerTime))
	for !v.over {
		ev, err := v.wire.Next()
		if err != nil {
			return nil //nolint:nilerr // as above
		}
		v.event(ev) //nolint:errcheck // nothing is asked any more
		v.body.Reset()
	}
	return nil
}

// Report is what is known.
func (v *Visit) Report() report.Visit {
	n, state := v.wire.Count(), v.wire.Engine.ConnectionState()
	rep := report.Visit{
		Schema: "tlsprobe.visit/1", Tool: report.ThisTool(), Messages: ladder.Messages(v.Lines), Bytes: report.Bytes{In: n.In, Out: n.Out},
		Result: report.OfServer(state, v.host.Config.ClientAuth != tlsengine.NoClientCert),
	}
	if v.hello != nil {
		rep.Offer, rep.Judgment = report.OfferOf(v.hello)
	}
	if state.EarlyAccepted() {
		rep.Result.EarlyData = report.EarlyAccepted
	}
	return rep
}

// Trace is the connection so far, byte by byte.
func (v *Visit) Trace() *trace.Trace {
	return report.TraceOf(v.trace.Connection())
}

// tooLong answers a request that is longer than MaxRequest.
var tooLong = Response{Status: 431, Type: "text/plain; charset=utf-8", Body: []byte("a request may have 16 KiB\n")}

// ErrTooMuch is a client that sent more than MaxHandshake.
var ErrTooMuch = errors.New("the client sent more than 64 KiB before the handshake was done")

// gate ends a connection whose client says too much before it is open.
type gate struct {
	net.Conn
	left int
	open bool
}

// Read implements net.Conn.
func (g *gate) Read(b []byte) (int, error) {
	if g.open {
		return g.Conn.Read(b)
	}
	if g.left == 0 {
		return 0, ErrTooMuch
	}
	n, err := g.Conn.Read(b[:min(len(b), g.left)])
	g.left -= n
	return n, err
}

// CloseWrite ends our direction.
func (g *gate) CloseWrite() error { return closeWrite(g.Conn) }

// ErrNoRequest is a client that left, or was slow, without a request.
var ErrNoRequest = errors.New("no request came")

// answer reads one HTTP request and answers it.
func (v *Visit) answer() error {
	for !complete(v.body.Bytes()) {
		if v.over || v.body.Len() > MaxRequest {
			break
		}
		ev, err := v.wire.Next()
		if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, io.EOF) || errors.Is(err, tlsengine.ErrTruncated) {
			break
		} else if err != nil {
			return err
		}
		if err := v.event(ev); err != nil {
			return err
		}
	}
	if v.body.Len() == 0 {
		v.end() //nolint:errcheck // it never fails
		return ErrNoRequest
	}
	method, path := v.parse()
	answer := v.host.Answer(v, method, path)
	if v.body.Len() > MaxRequest {
		answer = tooLong.Bytes(method, time.Now())
	}
	if v.host.Faults.cuts() {
		body := bytes.Index(answer, []byte("\r\n\r\n")) + 4 // a client that counts misses the rest
		v.wire.Write(answer[:(body+len(answer))/2])         //nolint:errcheck // that is the point
		return ErrOnPurpose
	}
	if _, err := v.wire.Write(answer); err != nil {
		return err
	}
	return v.end()
}
