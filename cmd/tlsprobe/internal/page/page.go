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
	"github.com/tlsengine/tlsengine/internal/markup"
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
	if err := trace.HTML(&b, v.Trace(), trace.PageOptions{}); err != nil {
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

// html is the page about the offer. Everything of the client's is escaped.
func html(v *visit.Visit, rep *report.Visit) *visit.Response {
	var w markup.Writer
	w.Lit(pageHead).Lit("<h2>What was said</h2>\n<pre>").Text(drawn(v)).Lit("</pre>\n<h2>What was agreed</h2>\n<pre>").Text(negotiated(rep)).
		Lit("</pre>\n<h2>What you offered</h2>\n<p>").Text(judged(rep)).Lit("</p>\n<pre>").Text(rep.Rows()).Lit("</pre>\n</body>\n</html>\n")
	return &visit.Response{
		Status: 200, Type: hypertext, Body: []byte(w.String()),
		Extra: "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r\n",
	}
}

// judged is what there is to say of the offer, in sentences.
func judged(rep *report.Visit) string {
	not := func(yes bool) string {
		if yes {
			return ""
		}
		return "not "
	}
	weak := "No weak cipher suite is offered."
	if len(rep.Judgment.Weak) > 0 {
		weak = "Weak cipher suites are offered."
	}
	return "TLS 1.3 is " + not(rep.Judgment.TLS13) + "offered. The key exchange is " + not(rep.Judgment.PostQuantum) + "post-quantum. " + weak
}

const pageHead = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Your TLS client</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
pre { font: .85rem/1.35 ui-monospace, monospace; overflow-x: auto; padding: 1rem; border: 1px solid #8888; border-radius: .4rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
nav a { margin-right: 1rem; }
</style>
</head>
<body>
<h1>Your client, as the server saw it</h1>
<nav><a href="/">every byte</a><a href="/client">your offer</a><a href="/text">as text</a><a href="/client.json">as JSON</a><a href="/cert.pem">the certificate</a></nav>
`
