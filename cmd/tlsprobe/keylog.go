package main

import (
	"fmt"
	"os"
	"sync"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
)

// keyLog is where a connection's secrets go, nil if nowhere: the file of
// --keylog, or that of SSLKEYLOGFILE.
func (p *probe) keyLog(name string) (func(label string, clientRandom, secret []byte), error) {
	if name == "" {
		if name = p.getenv("SSLKEYLOGFILE"); name == "" {
			return nil, nil
		}
		p.logOnce.Do(func() { p.say("tlsprobe: the secrets go to %s (SSLKEYLOGFILE)", name) })
	}
	return p.keyLogFile(name)
}

// keyLogFile appends to a file, if there is a name.
func (p *probe) keyLogFile(name string) (func(label string, clientRandom, secret []byte), error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fault.InputError("file", "key log %s: %v", name, plain(err))
	}
	f.Close() //nolint:errcheck // nothing was written
	var mu sync.Mutex
	return func(label string, clientRandom, secret []byte) {
		mu.Lock()
		defer mu.Unlock()
		if err := appendLine(name, fmt.Sprintf("%s %x %x\n", label, clientRandom, secret)); err != nil {
			p.logFailed(fault.New(fault.Usage, "input.output", "output", "key log %s: %v", name, plain(err)))
		}
	}, nil
}

// appendLine opens the file anew for each line, so that several processes may
// share it and nothing is left open.
func appendLine(name, line string) error {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // the write is whole or not
	_, err = f.WriteString(line)
	return err
}

// logFailed notes that secrets could not be written, the first time.
func (p *probe) logFailed(err error) {
	p.logMu.Lock()
	defer p.logMu.Unlock()
	if p.logErr == nil {
		p.logErr = err
	}
}

// logFault is why secrets could not be written, once; nil if they were.
func (p *probe) logFault() error {
	p.logMu.Lock()
	defer p.logMu.Unlock()
	err := p.logErr
	p.logErr = nil
	return err
}
