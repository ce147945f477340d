package page

import (
	"crypto/sha256"
	_ "embed" // for the style
	"encoding/base64"
	"fmt"
	"slices"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/visit"
	"github.com/tlsengine/tlsengine/internal/markup"
	"github.com/tlsengine/tlsengine/internal/registry"
	"github.com/tlsengine/tlsengine/trace"
)

//go:embed client.css
var style []byte

// others are the links from one page to the rest.
func others(from string) (list []trace.Link) {
	for _, l := range []trace.Link{{Text: "every byte", Href: "/"}, {Text: "what your client offered", Href: "/client"}, {Text: "as text", Href: "/text"},
		{Text: "as JSON", Href: "/json"}, {Text: "the server's certificate", Href: "/cert.pem"}} {
		if l.Href != from {
			list = append(list, l)
		}
	}
	return list
}

// html is the page about the offer. Everything of the client's is escaped.
func html(v *visit.Visit, rep *report.Visit) *visit.Response {
	var w markup.Writer
	w.Lit(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Your TLS client</title>
<style>`).File(style).Lit("</style>\n</head>\n<body>\n<h1>Your client, as the server saw it</h1>\n<nav>")
	for _, l := range others("/client") {
		w.Lit(`<a href="`).Text(l.Href).Lit(`">`).Text(l.Text).Lit("</a>")
	}
	w.Lit("</nav>\n<h2>What it offered, judged</h2>\n")
	judged(&w, rep)
	w.Lit("<h2>What it offered</h2>\n")
	offered(&w, rep)
	w.Lit("<h2>What was agreed</h2>\n<pre>").Text(negotiated(rep)).Lit("</pre>\n<h2>What was said</h2>\n<pre>").Text(drawn(v)).Lit("</pre>\n</body>\n</html>\n")
	sum := sha256.Sum256(style)
	return &visit.Response{
		Status: 200, Type: hypertext, Body: []byte(w.String()),
		Extra: fmt.Sprintf("Content-Security-Policy: default-src 'none'; style-src 'sha256-%s'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r\n", base64.StdEncoding.EncodeToString(sum[:])),
	}
}

// judged is what there is to say of the offer, in sentences.
func judged(w *markup.Writer, rep *report.Visit) {
	j := &rep.Judgment
	say := func(label string, yes bool, good, bad string) {
		w.Lit("<dt>").Text(label).Lit("</dt><dd>")
		if yes {
			w.Text(good)
		} else {
			w.Text(bad)
		}
		w.Lit("</dd>\n")
	}
	w.Lit("<dl>\n")
	say("TLS 1.3", j.TLS13, "yes", "no: the client speaks older versions only")
	say("key exchange", j.PostQuantum, "post-quantum: a key share comes along, without a further round trip", "not post-quantum: who records this can read it once there are quantum computers")
	say("cipher suites", len(j.Weak) == 0, "none of them is weak", text.Plural(len(j.Weak), "weak one")+" among them")
	say("ECH", j.ECH, "encrypted_client_hello is sent, perhaps as GREASE", "no: the server's name can be read on the way")
	say("GREASE", j.GREASE, "yes: values that mean nothing, so that servers learn to skip what they do not know", "no")
	w.Lit("</dl>\n")
}

// offered is the offer itself, in the client's order.
func offered(w *markup.Writer, rep *report.Visit) {
	o := &rep.Offer
	row := func(label string, values ...string) {
		w.Lit("<dt>").Text(label).Lit("</dt><dd>")
		for _, v := range values {
			if slices.Contains(rep.Judgment.Weak, v) {
				w.Lit(`<code class="weak">`)
			} else {
				w.Lit("<code>")
			}
			w.Text(text.Clean(v)).Lit("</code> ")
		}
		w.Lit("</dd>\n")
	}
	names := func(codes []*registry.Code) (list []string) {
		for _, c := range codes {
			list = append(list, c.String())
		}
		return list
	}
	w.Lit("<dl>\n")
	if o.ServerName != nil {
		row("server name", *o.ServerName)
	} else {
		row("server name", "none")
	}
	row("ALPN", o.ALPN...)
	row("versions", names(o.Versions)...)
	row("key shares", names(o.KeyShares)...)
	row("groups", names(o.Groups)...)
	row("cipher suites", names(o.Suites)...)
	row("signatures", names(o.Signatures)...)
	row("extensions", names(o.Extensions)...)
	row("size", text.Plural(o.Length, "byte"))
	w.Lit("</dl>\n")
}
