package visit

import (
	"bytes"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/registry"
	"github.com/tlsengine/tlsengine/record"
)

// Faults are what a server does wrong on purpose, for those who test clients.
type Faults struct {
	finished, signature, version bool
	mac, slow, truncate          bool
	closes                       bool
	alert                        *tlsengine.Alert
}

// faultNames are the faults, but for alert=N.
var faultNames = []string{"bad-finished", "bad-mac", "bad-signature", "close-after-hello", "slow", "truncate", "wrong-version"}

// FaultList says which faults there are.
var FaultList = strings.Join(faultNames, ", ") + ", alert=N"

// slowness is how long a slow server takes for each byte.
const slowness = time.Millisecond

// ParseFaults reads the names of faults; none are nil.
func ParseFaults(names []string) (*Faults, error) {
	if len(names) == 0 {
		return nil, nil
	}
	f := &Faults{}
	for _, name := range names {
		flag := map[string]*bool{
			"bad-finished": &f.finished, "bad-mac": &f.mac, "bad-signature": &f.signature, "close-after-hello": &f.closes,
			"slow": &f.slow, "truncate": &f.truncate, "wrong-version": &f.version,
		}[name]
		number, isAlert := strings.CutPrefix(name, "alert=")
		switch {
		case flag != nil:
			*flag = true
		case isAlert:
			e, ok := registry.Alerts.Find(number)
			if !ok || e.ID > 255 {
				return nil, fault.UsageError("value", "--fault %s: want an alert's number or name", name)
			}
			a := tlsengine.Alert(e.ID)
			f.alert = &a
		default:
			err := fault.UsageError("value", "--fault: no fault is called %q", name)
			if near := flags.Nearest(name, faultNames); near != "" {
				return nil, err.WithHint("did you mean %s?", near)
			}
			return nil, err.WithHint("there are %s", FaultList)
		}
	}
	return f, nil
}

// apply puts the faults into a Config and a transport.
func (f *Faults) apply(cfg *tlsengine.Config, c net.Conn) net.Conn {
	if f == nil {
		return c
	}
	if f.finished || f.signature || f.version {
		cfg.Rewrite = f.rewrite
	}
	if f.mac {
		c = &spoiler{Conn: c}
	}
	if f.slow {
		c = &snail{c}
	}
	return c
}

// rewrite spoils messages.
func (f *Faults) rewrite(t handshake.MessageType, msg []byte) []byte {
	out := slices.Clone(msg)
	switch {
	case t == handshake.MsgFinished && f.finished, t == handshake.MsgCertificateVerify && f.signature, t == handshake.MsgServerKeyExchange && f.signature:
		out[len(out)-1] ^= 1
	case t == handshake.MsgServerHello && f.version:
		spoilVersion(out)
	}
	return out
}

// spoilVersion puts TLS 1.4 where a ServerHello says the version, which no
// client has offered.
func spoilVersion(hello []byte) {
	const none = 5
	if i := bytes.Index(hello, []byte("\x00\x2b\x00\x02\x03\x04")); i >= 0 { // supported_versions
		hello[i+5] = none
		return
	}
	hello[5] = none
}

// after is what is done once the ClientHello is here: true ends the connection.
func (f *Faults) after(v *Visit) bool {
	switch {
	case f == nil:
		return false
	case f.alert != nil:
		v.wire.Abort(*f.alert) //nolint:errcheck // the client says
		v.wire.CloseTransport()
		return true
	}
	return f.closes
}

// Cuts reports whether an answer ends in the middle.
func (f *Faults) cuts() bool { return f != nil && f.truncate }

// spoiler flips a bit in the first protected record that goes out.
type spoiler struct {
	net.Conn
	done bool
	ccs  bool
}

// Write implements net.Conn.
func (s *spoiler) Write(b []byte) (int, error) {
	if s.done {
		return s.Conn.Write(b)
	}
	out := slices.Clone(b)
	for rest := out; len(rest) > 0; {
		h, ok := record.ParseHeader(rest)
		n := record.HeaderLen + h.Length
		if !ok || n > len(rest) {
			break
		}
		if h.Type == record.ApplicationData || s.ccs && h.Type == record.Handshake {
			rest[n-1] ^= 1
			s.done = true
			break
		}
		s.ccs = s.ccs || h.Type == record.ChangeCipherSpec
		rest = rest[n:]
	}
	n, err := s.Conn.Write(out)
	return n, err
}

// CloseWrite ends our direction.
func (s *spoiler) CloseWrite() error { return closeWrite(s.Conn) }

// snail sends a byte at a time.
type snail struct{ net.Conn }

// Write implements net.Conn.
func (s *snail) Write(b []byte) (int, error) {
	for i := range b {
		if _, err := s.Conn.Write(b[i : i+1]); err != nil {
			return i, err
		}
		time.Sleep(slowness)
	}
	return len(b), nil
}

// CloseWrite ends our direction.
func (s *snail) CloseWrite() error { return closeWrite(s.Conn) }

func closeWrite(c net.Conn) error {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// String names the faults, for the log.
func (f *Faults) String() string {
	if f == nil {
		return ""
	}
	var words []string
	for i, on := range []bool{f.finished, f.mac, f.signature, f.closes, f.slow, f.truncate, f.version} {
		if on {
			words = append(words, faultNames[i])
		}
	}
	if f.alert != nil {
		words = append(words, "alert="+strconv.Itoa(int(*f.alert)))
	}
	return strings.Join(words, ",")
}
