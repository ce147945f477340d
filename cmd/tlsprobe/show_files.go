package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/internal/registry"
	"github.com/tlsengine/tlsengine/trace"
)

// Limits of files, in bytes.
const (
	maxCapture = 256 << 20
	maxKeyLog  = 64 << 20
)

// files reads traces, captures or the two directions of a connection.
func (s *show) files(args []string) (*trace.Trace, error) {
	options, err := s.keys()
	if err != nil {
		return nil, err
	}
	t := report.TraceOf()
	if s.c2s != "" || s.s2c != "" {
		if len(args) > 0 {
			return nil, fault.UsageError("conflict", "--c2s and --s2c, and the file %s", args[0])
		}
		raw, err := s.directions(options)
		if err != nil {
			return nil, err
		}
		t.Connections = raw.Connections
	}
	for _, name := range args {
		if s.keylog != "" && !isFile(name) {
			return nil, fault.InputError("file", "%s: no such file", name)
		}
		one, captured, err := readTrace(name, options)
		if err != nil {
			return nil, err
		}
		if s.keylog != "" && !captured {
			return nil, fault.UsageError("conflict", "--keylog %s is for captures, and %s is a trace", s.keylog, name)
		}
		t.Secrets = t.Secrets && one.Secrets
		t.Connections = append(t.Connections, one.Connections...)
	}
	if err := s.choose(t); err != nil {
		return nil, err
	}
	return t, s.opens(options.KeyLog, t)
}

// opens refuses a key log that has nothing of what is to be shown.
func (s *show) opens(log trace.KeyLog, t *trace.Trace) error {
	if s.keylog == "" || slices.ContainsFunc(t.Connections, log.Has) {
		return nil
	}
	f := fault.InputError("keylog", "%s has no secret of %s", s.keylog, text.Plural(len(t.Connections), "connection"))
	if random := clientRandom(t.Connections[0]); random != nil {
		return f.WithHint("the random of the client, which a line of it would have to have, is %x", random)
	}
	return f.WithHint("there is no ClientHello to look it up by")
}

// clientRandom is the random of the ClientHello, or nil.
func clientRandom(c *trace.Connection) []byte {
	for i := range c.Messages {
		if b := c.Bytes(&c.Messages[i]); c.Messages[i].Name == "ClientHello" && len(b) >= 38 {
			return b[6:38]
		}
	}
	return nil
}

// keys reads the key log and the private keys.
func (s *show) keys() (o trace.CaptureOptions, err error) {
	if s.private != "" {
		if o.Private, err = privateKeys(s.private); err != nil {
			return o, err
		}
	}
	if s.keylog == "" {
		return o, nil
	}
	b, err := pki.ReadFile(s.keylog, maxKeyLog)
	if err != nil {
		return o, err
	}
	if o.KeyLog, err = trace.ParseKeyLog(b); err != nil {
		return o, fault.InputError("keylog", "%s: %v", s.keylog, err)
	}
	return o, nil
}

// privateKeys reads lines of GROUP:HEX. Empty ones and comments are skipped.
func privateKeys(name string) (list []trace.PrivateKey, err error) {
	b, err := pki.ReadFile(name, maxKeyLog)
	if err != nil {
		return nil, err
	}
	n := 0
	for line := range strings.Lines(string(b)) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		group, ok := registry.Groups.Find(strings.TrimSpace(name))
		key, err := hex.DecodeString(strings.TrimSpace(value))
		if !ok || err != nil || len(key) == 0 {
			return nil, fault.InputError("private", "line %d of the private keys is not GROUP:HEX", n) // and not printed: it is secret
		}
		list = append(list, trace.PrivateKey{Group: uint16(group.ID), Key: key})
	}
	return list, nil
}

func (s *show) directions(o trace.CaptureOptions) (*trace.Trace, error) {
	if s.c2s == "" || s.s2c == "" {
		return nil, fault.UsageError("conflict", "--c2s and --s2c belong together")
	}
	client, err := pki.ReadFile(s.c2s, trace.MaxConnection)
	if err != nil {
		return nil, err
	}
	server, err := pki.ReadFile(s.s2c, trace.MaxConnection)
	if err != nil {
		return nil, err
	}
	return trace.Streams(client, server, o), nil
}

// readTrace reads a capture or a trace, by its first bytes, and says whether it
// was a capture.
func readTrace(name string, o trace.CaptureOptions) (t *trace.Trace, captured bool, err error) {
	b, err := pki.ReadFile(name, maxCapture)
	if err != nil {
		return nil, false, err
	}
	if first := bytes.TrimLeft(b, " \t\r\n"); len(first) > 0 && first[0] == '{' {
		t, err := trace.Load(b)
		if err != nil {
			return nil, false, fault.InputError("trace", "%s: %v", name, err)
		}
		return t, false, nil
	}
	t, err = trace.Capture(b, o)
	if errors.Is(err, trace.ErrNoTLS) {
		return nil, true, fault.InputError("capture", "%s: %v", name, err).WithHint("QUIC and DTLS, which are over UDP, are not taken apart")
	}
	if err != nil {
		return nil, true, fault.InputError("capture", "%s: %v", name, err).WithHint("a file is a trace in JSON, or a capture in pcap or pcapng")
	}
	return t, true, nil
}

// choose keeps the connection of --stream.
func (s *show) choose(t *trace.Trace) error {
	for i, c := range t.Connections {
		c.ID = i
	}
	if s.stream < 0 {
		if len(t.Connections) == 0 {
			return errors.New("no connection") // cannot happen: readers say so themselves
		}
		return nil
	}
	if s.stream >= len(t.Connections) {
		return fault.UsageError("value", "--stream %d: there are %s, from 0", s.stream, text.Plural(len(t.Connections), "connection"))
	}
	t.Connections = t.Connections[s.stream : s.stream+1]
	return nil
}
