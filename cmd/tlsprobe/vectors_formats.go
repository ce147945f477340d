package main

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/trace"
)

// formKeyLog is a form of file that has no vectors, but what opens captures.
const formKeyLog = "keylog"

// captureMagic is how captures begin: pcap in both orders and with both kinds
// of time, pcapng.
var captureMagic = []string{"\xd4\xc3\xb2\xa1", "\xa1\xb2\xc3\xd4", "\x4d\x3c\xb2\xa1", "\xa1\xb2\x3c\x4d", "\x0a\x0d\x0d\x0a"}

// Of these none is compiled before there is a file to look at.
var (
	traceSchema = lazily(`"schema"\s*:\s*"tlsprobe\.trace/`)
	otherSchema = lazily(`"schema"\s*:\s*"(tlsprobe\.[a-z]+)/`)
	firstLine   = lazily(`\A(?:[ \t]*(?:#.*)?\r?\n)*(?:[\w ]+:|-- )`)
	checkLine   = lazily(`(?m)^check:`)
)

func lazily(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// isKeyLog reports whether the first line that says anything is one of a key
// log.
func isKeyLog(b []byte) bool {
	for line := range bytes.Lines(b) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			log, err := trace.ParseKeyLog(line)
			return err == nil && len(log) > 0
		}
	}
	return false
}

// recognise finds out the form of a file by what is in it. why says of what is
// of none what it is instead.
func recognise(b []byte) (form, why string) {
	start := bytes.TrimLeft(b, " \t\r\n\ufeff")
	switch {
	case slices.Contains(captureMagic, string(b[:min(len(b), 4)])):
		return formCapture, ""
	case len(start) == 0:
		return "", "it is empty"
	case start[0] == '{' || start[0] == '[':
		return recogniseJSON(start)
	case len(b) >= 6 && b[0] == 22 && b[1] == 3:
		return "", "TLS records of one direction, of which --c2s and --s2c take the two"
	case bytes.IndexByte(b, 0) >= 0 || !utf8.Valid(b):
		return "", "binary data"
	case isKeyLog(b):
		return formKeyLog, ""
	case firstLine().Match(start) && checkLine().Match(b):
		return formText, ""
	}
	return "", "text without a line that begins with check:"
}

func recogniseJSON(b []byte) (form, why string) {
	head := b[:min(len(b), 1<<10)]
	switch {
	case traceSchema().Match(head):
		return formTrace, ""
	case otherSchema().Match(head):
		return "", text.Clean(string(otherSchema().FindSubmatch(head)[1])) + ", and no tlsprobe.trace"
	case bytes.Contains(b, []byte(`"testGroups"`)) && bytes.Contains(b, []byte(`"tgId"`)):
		return formACVP, ""
	case bytes.Contains(b, []byte(`"testGroups"`)):
		return formWycheproof, ""
	case traceSchema().Match(b):
		return formTrace, ""
	case !json.Valid(b):
		return "", "it begins as JSON, and is broken or ends in the middle"
	}
	return "", "JSON, but no trace, and neither Wycheproof nor ACVP"
}
