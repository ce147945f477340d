// Package page is what a visitor of `tlsprobe serve` gets to see of its own
// connection.
package page

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/ladder"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/visit"
	"github.com/tlsengine/tlsengine/trace"
)

// Site answers the visitors of one server.
type Site struct {
	CertPEM string
	Now     func() time.Time
}

const (
	plain     = "text/plain; charset=utf-8"
	hypertext = "text/html; charset=utf-8"
)

// Answer answers one request.
func (s *Site) Answer(v *visit.Visit, method, path string) []byte {
	r := s.route(v, method, path)
	return r.Bytes(method, s.Now())
}

func (s *Site) route(v *visit.Visit, method, path string) *visit.Response {
	switch {
	case method == "":
		return failure(400, "this server speaks HTTP/1.1, and what came is no request of it")
	case method != "GET" && method != "HEAD":
		return &visit.Response{Status: 405, Type: plain, Body: []byte("GET and HEAD only\n"), Extra: "Allow: GET, HEAD\r\n"}
	}
	rep := v.Report()
	switch path {
	case "/":
		return annotated(v)
	case "/client":
		return html(v, &rep)
	case "/json":
		return document(v.Trace())
	case "/client.json":
		return document(rep)
	case "/text":
		return &visit.Response{Status: 200, Type: plain, Body: []byte(Text(v, &rep))}
	case "/cert.pem":
		return &visit.Response{Status: 200, Type: "application/x-pem-file", Body: []byte(s.CertPEM)}
	case "/healthz":
		return &visit.Response{Status: 200, Type: plain, Body: []byte("ok\n")}
	}
	return failure(404, "no such page; there are / /client /text /json /client.json /cert.pem /healthz")
}

func failure(status int, why string) *visit.Response {
	return &visit.Response{Status: status, Type: plain, Body: []byte(why + "\n")}
}

func document(of any) *visit.Response {
	body, err := json.MarshalIndent(of, "", "  ")
	if err != nil {
		return failure(500, "the report cannot be written")
	}
	return &visit.Response{Status: 200, Type: "application/json", Body: append(body, '\n')}
}

// annotated is the page with every byte of the connection so far. It brings
// its own policy for what it may load.
func annotated(v *visit.Visit) *visit.Response {
	var b bytes.Buffer
	if err := trace.HTML(&b, v.Trace(), trace.PageOptions{Nav: others("/")}); err != nil {
		return failure(500, "the page cannot be written")
	}
	return &visit.Response{Status: 200, Type: hypertext, Body: b.Bytes(), Extra: "Content-Security-Policy: frame-ancestors 'none'\r\n"}
}

// Text is the visit in plain text: what was said, what was agreed, what was
// offered, and then every byte.
func Text(v *visit.Visit, rep *report.Visit) string {
	var b strings.Builder
	b.WriteString("Your connection, as the server saw it.\n\n")
	b.WriteString(drawn(v) + "\n" + negotiated(rep) + "\nYour ClientHello\n\n" + rep.Rows() + "\nEvery byte\n\n")
	trace.Text(&b, v.Trace(), trace.TextOptions{}) //nolint:errcheck // a Builder takes all
	return b.String()
}

func drawn(v *visit.Visit) string {
	var b strings.Builder
	b.WriteString(ladder.Head(text.Style{}))
	for i := range v.Lines {
		b.WriteString(v.Lines[i].Draw(text.Style{}))
	}
	return b.String() + "  " + ladder.Legend + "\n"
}

func negotiated(rep *report.Visit) string {
	var rows report.Rows
	rows.Facts(&rep.Result)
	return rows.String()
}
