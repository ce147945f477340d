package preamble

import (
	"bytes"
	"strings"
)

// lines is a dialogue in lines.
type lines struct {
	speaker
	heard []string // since we spoke: what an error quotes
}

// A speaker takes one line after the other, without its end, and says what to
// answer.
type speaker interface {
	open() string
	line(s string) (out string, done bool, err *Error)
}

func (l *lines) next(in []byte) (n int, out string, done bool, err *Error) {
	end := bytes.IndexByte(in, '\n')
	if end < 0 {
		if in[0] == 0x16 || in[0] == 0x15 {
			return 0, "", false, unexpected(string(in)) // a TLS record: this port speaks TLS at once
		}
		return 0, "", false, nil
	}
	line := string(bytes.TrimSuffix(in[:end], []byte{'\r'}))
	l.heard = append(l.heard, line)
	out, done, err = l.line(line)
	if err != nil && err.Code == NotOffered {
		err.Line = l.last()
	}
	if out != "" {
		l.heard = nil
	}
	return end + 1, out, done, err
}

// last is the end of what the server said, in whole lines: what is not in a
// list is told by the list.
func (l *lines) last() string {
	size, i := 0, len(l.heard)
	for i > 0 && (i == len(l.heard) || size+len(l.heard[i-1]) <= maxQuote) {
		i--
		size += len(l.heard[i]) + 1
	}
	return strings.Join(l.heard[i:], "\n")
}

// reply reads one line of the replies of SMTP, FTP and NNTP: three digits, a
// hyphen if more lines follow, and text.
func reply(s string) (code int, more bool, text string, ok bool) {
	if len(s) < 3 {
		return 0, false, "", false
	}
	for i := range 3 {
		if s[i] < '0' || s[i] > '9' {
			return 0, false, "", false
		}
		code = 10*code + int(s[i]-'0')
	}
	if len(s) == 3 {
		return code, false, "", true
	}
	if s[3] != ' ' && s[3] != '-' {
		return 0, false, "", false
	}
	return code, s[3] == '-', s[4:], true
}
