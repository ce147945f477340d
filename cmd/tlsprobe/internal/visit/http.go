package visit

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
)

// complete reports whether the head of a request is whole.
func complete(b []byte) bool {
	return bytes.Contains(b, []byte("\r\n\r\n")) || bytes.Contains(b, []byte("\n\n"))
}

// parse reads the request line. What is none has no method.
func (v *Visit) parse() (method, path string) {
	line, _, _ := strings.Cut(v.body.String(), "\n")
	line = strings.TrimRight(line, "\r")
	v.Request = text.Bytes([]byte(line), 80)
	words := strings.Split(line, " ")
	if !complete(v.body.Bytes()) || len(words) != 3 || !strings.HasPrefix(words[2], "HTTP/1.") || !strings.HasPrefix(words[1], "/") {
		return "", ""
	}
	path, _, _ = strings.Cut(words[1], "?")
	return words[0], path
}

// Response is an HTTP answer. A HEAD has no body.
type Response struct {
	Status int
	Type   string // of the content
	Body   []byte
	Extra  string // more header lines
}

var reasons = map[int]string{200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 431: "Request Header Fields Too Large", 500: "Internal Server Error"}

// Bytes is the answer as it goes over the wire.
func (r *Response) Bytes(method string, now time.Time) []byte {
	head := fmt.Sprintf("HTTP/1.1 %d %s\r\nDate: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n%s\r\n",
		r.Status, reasons[r.Status], now.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"), r.Type, len(r.Body), r.Extra)
	if method == "HEAD" {
		return []byte(head)
	}
	return append([]byte(head), r.Body...)
}
