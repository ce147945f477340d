package preamble

import (
	"strconv"
	"strings"
)

// Code says what went wrong. Codes are stable: they stand in reports.
type Code string

// The codes.
const (
	NotOffered    Code = "starttls.not_offered" // the server knows no STARTTLS
	Refused       Code = "starttls.refused"     // the server knows it and does not want it now
	Protocol      Code = "starttls.protocol"    // what the server says makes no sense
	RateLimit     Code = "limit.rate"           // the server has had enough of us
	ProxyRefused  Code = "proxy.refused"
	ProxyAuth     Code = "proxy.auth"
	ProxyProtocol Code = "proxy.protocol"
)

// Error says why TLS cannot start.
type Error struct {
	Code    Code
	Message string // in words of ours
	Line    string // what the server said, as it came; "" if nothing is to be quoted
}

// maxQuote is how much of the server's words an error shows.
const maxQuote = 160

// Error gives message and quotation in one line of printable ASCII.
func (e *Error) Error() string {
	if e.Line == "" {
		return e.Message
	}
	return e.Message + ": " + e.Quote()
}

// Quote is the server's line in quotation marks, cut, with everything but
// printable ASCII escaped.
func (e *Error) Quote() string {
	line, cut := strings.TrimRight(e.Line, "\r\n"), ""
	if len(line) > maxQuote {
		line, cut = line[:maxQuote], "…"
	}
	return strconv.QuoteToASCII(line) + cut
}

func notOffered(line string) *Error {
	return &Error{Code: NotOffered, Message: "the server does not offer STARTTLS", Line: line}
}

func refused(line string) *Error {
	return &Error{Code: Refused, Message: "the server refuses STARTTLS", Line: line}
}

func unexpected(line string) *Error {
	return &Error{Code: Protocol, Message: "the server's answer is not of this protocol", Line: line}
}

func limited(line string) *Error {
	return &Error{Code: RateLimit, Message: "the server does not want to talk now", Line: line}
}
