package main

import (
	"encoding/pem"
	"os"
	"strconv"
	"strings"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
)

// Limits of what is read from files and stdin, in bytes.
const (
	maxSend    = 256 << 20
	maxSession = 1 << 20
	maxEarly   = 1 << 20
)

// sessionBlock is the type of the PEM block that a session is kept in.
const sessionBlock = "TLSPROBE SESSION"

// check holds the flags of connect against each other and reads its files.
func (c *connect) check(p *probe) error {
	if err := c.conflicts(p.json); err != nil {
		return err
	}
	var err error
	if c.sessionIn != "" {
		if c.session, err = readSession(c.sessionIn); err != nil {
			return err
		}
		p.warnExposed(c.sessionIn)
	}
	if c.early != "" {
		if c.earlyData, err = pki.ReadFile(c.early, maxEarly); err != nil {
			return err
		}
		p.say("tlsprobe: early data can be replayed by anybody who records it (RFC 9846, Section 8)")
	}
	if c.exporter != "" {
		if c.export, err = parseExporter(c.exporter); err != nil {
			return err
		}
	}
	if c.certsOut != "" {
		if info, err := os.Stat(c.certsOut); err != nil || !info.IsDir() {
			return fault.InputError("file", "--certs-out %s is not a directory", c.certsOut)
		}
	}
	return c.readRequest(p)
}

func (c *connect) conflicts(json bool) error {
	conflict := func(format string, args ...any) error { return fault.UsageError("conflict", format, args...) }
	ways := 0
	for _, on := range []bool{c.interactive, c.send != "", c.get != ""} {
		if on {
			ways++
		}
	}
	switch {
	case ways > 1:
		return conflict("--interactive, --send and --get exclude each other")
	case c.interactive && json:
		return conflict("--interactive and --json disagree about stdout")
	case c.early != "" && !c.resume && c.sessionIn == "":
		return conflict("--early-data needs a session: --resume or --session-in")
	case c.resume && c.sessionIn != "":
		return conflict("--resume makes its own session; drop --session-in")
	case c.get != "" && !strings.HasPrefix(c.get, "/"):
		return fault.UsageError("value", "--get %s: a path begins with /", c.get)
	case strings.ContainsAny(c.get, " \t\r\n\x00"):
		return fault.UsageError("value", "--get: a path has no blanks; write %%20")
	case c.target.Path != "" && c.get == "":
		return c.target.MustBeBare()
	case c.target.Path != "" && c.target.Path != c.get:
		return conflict("the target has the path %s and --get %s", c.target.Path, c.get)
	}
	return nil
}

// readRequest prepares what --send or --get send.
func (c *connect) readRequest(p *probe) (err error) {
	switch {
	case c.get != "":
		host := c.target.Unicode
		if sni, _ := c.serverName(); sni != "" {
			host = sni
		} else if host == "" {
			host = c.target.Host
		}
		if c.target.Port != 443 && c.target.Unix == "" {
			host = c.target.Address()
		}
		c.request = []byte("GET " + c.get + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: tlsprobe\r\nAccept: */*\r\nConnection: close\r\n\r\n")
	case c.send == "-":
		c.request, err = p.readStdin(maxSend)
	case c.send != "":
		c.request, err = pki.ReadFile(c.send, maxSend)
	}
	return err
}

func readSession(name string) ([]byte, error) {
	b, err := pki.ReadFile(name, maxSession)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(b)
	if block == nil || block.Type != sessionBlock {
		return nil, fault.InputError("session", "%s holds no session", name).WithHint("--session-out makes one")
	}
	if _, err := tlsengine.ReadSession(block.Bytes); err != nil {
		return nil, fault.InputError("session", "%s: %v", name, err)
	}
	return block.Bytes, nil
}

func writeSession(name string, session []byte) error {
	return writeFile(name, pem.EncodeToMemory(&pem.Block{Type: sessionBlock, Bytes: session}), 0o600)
}

// exporterSpec is what --exporter asks for.
type exporterSpec struct {
	label   string
	context []byte // nil for none
	length  int
}

func parseExporter(s string) (e exporterSpec, err error) {
	parts := strings.SplitN(s, ":", 3)
	e = exporterSpec{label: parts[0], length: 32}
	if e.label == "" {
		return e, fault.UsageError("value", "--exporter: the label is empty")
	}
	if len(parts) > 1 && parts[1] != "" {
		if e.length, err = strconv.Atoi(parts[1]); err != nil || e.length < 1 || e.length > 4096 {
			return e, fault.UsageError("value", "--exporter: the length %q is not a number from 1 to 4096", parts[1])
		}
	}
	if len(parts) > 2 {
		e.context = []byte(parts[2])
	}
	return e, nil
}
