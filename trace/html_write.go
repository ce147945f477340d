package trace

import (
	"encoding/json"
	"strconv"

	"github.com/tlsengine/tlsengine/internal/markup"
)

// pageWriter writes a page as HTML.
type pageWriter struct{ markup.Writer }

func (w *pageWriter) page(p *page) error {
	data, err := json.Marshal(p.Data) // with <, >, &, U+2028 and U+2029 escaped
	if err != nil {
		return err
	}
	data = markup.JSON(data)
	w.Lit(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="`).Text(p.Policy).Lit(`">
<meta name="referrer" content="no-referrer">
<title>`).Text(p.Title).Lit("</title>\n<style>").File(p.Style).Lit("</style>\n</head>\n<body>\n")
	w.header(p)
	if len(p.Nav) > 0 {
		w.Lit("<nav>")
		for _, l := range p.Nav {
			w.Lit(`<a href="`).Text(l.Href).Lit(`">`).Text(l.Text).Lit("</a> ")
		}
		w.Lit("</nav>\n")
	}
	w.Lit("<main>\n")
	for i := range p.Connections {
		w.connection(&p.Connections[i])
	}
	w.Lit("</main>\n<footer>\n")
	w.words(p.Words)
	w.Lit(`</footer>
<script type="application/json" id="data">`).File(data).Lit("</script>\n<script>").File(p.Script).Lit("</script>\n</body>\n</html>\n")
	return nil
}

func (w *pageWriter) header(p *page) {
	w.Lit("<header>\n").Wrap("<h1>", p.Title, "</h1>\n")
	switch {
	case p.Bare:
		w.Lit(`<p class="banner plain">No secret of the connection is in this page: none was known.</p>
`)
	case p.Secrets:
		w.Lit(`<p class="banner"><strong>This page contains the secrets of the connection.</strong> Who has it can read what was said.</p>
`)
	default:
		w.Lit(`<p class="banner plain">The secrets of the connection were taken out of this page.</p>
`)
	}
	w.Lit(`<p>Every byte that was sent, in the order in which it was sent, with all that was decrypted. Open a line for its bytes; the rows that belong to them say where each field starts and what it means.</p>
<p class="tools"><span class="script" hidden><button type="button" data-all="open">open all</button> <button type="button" data-all="close">close all</button> <span class="said" role="status"></span></span>
<label><input type="checkbox" id="terse"`)
	if p.Terse {
		w.Lit(" checked")
	}
	w.Lit("> values only, no explanations</label></p>\n</header>\n")
}

func (w *pageWriter) words(words []wordView) {
	if len(words) == 0 {
		return
	}
	w.Lit("<details id=\"words\"><summary>What the words mean</summary>\n<dl>\n")
	for _, v := range words {
		w.Lit(`<dt id="k-`).Text(v.Kind).Lit(`">`).Text(v.Label).Lit("</dt><dd>").Text(v.Meaning).Wrap(" <cite>", v.Ref, "</cite>").Lit("</dd>\n")
	}
	w.Lit("</dl></details>\n")
}

func (w *pageWriter) connection(c *connectionView) {
	w.Lit(`<section class="connection" id="`).Text(c.ID).Lit("\">\n").Wrap("<h2>", c.Heading, "</h2>\n").Lit("<dl class=\"summary\">\n")
	for _, row := range c.Summary {
		w.Lit("<div><dt>").Text(row[0]).Lit("</dt><dd>").Text(row[1]).Lit("</dd></div>\n")
	}
	w.Lit("</dl>\n")
	for _, note := range c.Notes {
		w.Lit(`<p class="note">`).Text(note).Lit("</p>\n")
	}
	w.ladder(&c.Ladder)
	for i := range c.Cards {
		w.card(&c.Cards[i])
	}
	w.Lit("</section>\n")
}

func (w *pageWriter) ladder(l *ladderView) {
	height := strconv.Itoa(l.Height)
	w.Lit(`<svg class="ladder" id="`).Text(l.ID).Lit(`" viewBox="0 0 720 `).Text(height).Lit(`" role="group" aria-label="who said what, in order">
<text x="100" y="18" text-anchor="middle" class="who c2s">client</text><text x="620" y="18" text-anchor="middle" class="who s2c">server</text>
<path class="life" d="M100 26V`).Text(height).Lit("M620 26V").Text(height).Lit("\"/>\n")
	for i := range l.Steps {
		w.step(&l.Steps[i])
	}
	w.Lit("</svg>\n")
}

// step is an arrow, with what it carries above it, the time on the left and
// the size on the right.
func (w *pageWriter) step(s *step) {
	text := strconv.Itoa(s.TextY)
	w.Lit(`<a href="#`).Text(s.Card).Lit(`" class="`).Text(s.Class).Lit(`"><path class="`).Text(s.Class).Lit(`" d="M`).Text(strconv.Itoa(s.From)).Lit(" ").
		Text(strconv.Itoa(s.Y)).Lit("H").Text(strconv.Itoa(s.To)).Lit(`"/>`).Wrap(`<path class="head" d="`, s.Head, `"/>`)
	if s.Lock != 0 {
		w.Lit(`<path class="lock" d="M`).Text(strconv.Itoa(s.Lock)).Lit(" ").Text(text).Lit(`h9v-6h-9zm2-6v-1.5a2.5 2.5 0 0 1 5 0v1.5"><title>encrypted</title></path>`)
	}
	w.Lit(`<text x="360" y="`).Text(text).Lit(`" text-anchor="middle">`).Text(s.Label).Lit("</text>")
	if s.When != "" {
		w.Lit(`<text x="88" y="`).Text(text).Lit(`" dy="9" text-anchor="end" class="aside">`).Text(s.When).Lit("</text>")
	}
	if s.Size != "" {
		w.Lit(`<text x="632" y="`).Text(text).Lit(`" dy="9" class="aside">`).Text(s.Size).Lit("</text>")
	}
	w.Lit("</a>\n")
}

func (w *pageWriter) card(c *card) {
	w.Lit(`<details class="card `).Text(c.Class).Lit(`" id="`).Text(c.ID).Lit(`">
<summary><span class="line"><span class="mark">`).Text(c.Mark).Lit(`</span> <strong class="title">`).Text(c.Title).Lit(`</strong> <span class="sub">`).Text(c.Sub).
		Lit(`</span> <span class="when">`).Wrap("", c.Size, " ").Wrap("<span>", c.When, "</span>").Lit("</span></span></summary>\n").
		Wrap(`<p class="why">`, c.Meaning, "</p>\n")
	for i := range c.Blocks {
		w.block(&c.Blocks[i])
	}
	w.secrets(c.Rows)
	w.Lit("</details>\n")
}

func (w *pageWriter) block(b *block) {
	w.Lit(`<div class="block `).Text(b.Class).Lit(`">`)
	if b.Title != "" {
		w.Lit(`<h3 id="`).Text(b.ID).Lit(`">`).Text(b.Title).Lit("</h3>\n")
	}
	if b.Words != nil {
		w.Lit(`<p class="why">`).Text(b.Words.Meaning).Wrap(" <cite>", b.Words.Ref, "</cite>").Lit("</p>\n")
	}
	w.Wrap(`<p class="how">`, b.Note, "</p>\n")
	if len(b.How) > 0 {
		w.Lit(`<p class="how">`)
		w.links(b.How)
		w.Lit("</p>\n")
	}
	w.command(b.Command)
	w.Wrap(`<p class="how">as text</p><pre class="text">`, b.Text, "</pre>\n")
	if len(b.Spans) > 0 {
		w.Lit(`<div class="pair">`)
		w.pane(b)
	}
	if len(b.Fields) > 0 {
		w.Lit(`<ul class="fields">`)
		w.fields(b.Fields)
		w.Lit("</ul>\n")
	}
	if len(b.Spans) > 0 {
		w.Lit("</div>\n")
	}
	if b.Transcript != "" {
		w.Lit(`<p class="how">transcript hash from here on: <code>`).Text(b.Transcript).Lit("</code> <code>").Text(b.Hash).Lit("</code></p>\n")
	}
	w.command(b.HashCommand)
	w.Lit("</div>\n")
}

// command is a line for a shell, folded away.
func (w *pageWriter) command(line string) {
	w.Wrap(`<details class="command"><summary>command</summary><code>`, line, "</code></details>\n")
}

// pane is the bytes of a block.
func (w *pageWriter) pane(b *block) {
	w.Lit(`<div class="pane"><pre class="hex" translate="no"><span class="off" aria-hidden="true">`).Text(b.Offsets).Lit(`</span><span class="bytes">`)
	for _, s := range b.Spans {
		w.Lit(`<a href="#`).Text(s.Field).Lit(`" tabindex="-1">`).Text(s.Hex).Lit("</a>").Text(s.After)
	}
	w.Lit(`</span></pre>
<button type="button" class="copy script" hidden>copy hex</button></div>
`)
}

func (w *pageWriter) fields(fields []fieldView) {
	for i := range fields {
		w.field(&fields[i])
	}
}

func (w *pageWriter) field(f *fieldView) {
	w.Lit("\n<li id=\"").Text(f.ID).Lit(`"><div><i>`).Text(f.Off).Lit("</i><kbd>").Text(f.Hex).Wrap("<small>", f.Size, "</small>").Lit("</kbd><p>")
	if f.Word != "" {
		w.Lit(`<a href="#k-`).Text(f.Word).Lit(`" tabindex="-1">`).Text(f.Label).Lit("</a>")
	} else {
		w.Lit("<b>").Text(f.Label).Lit("</b>")
	}
	w.Wrap(" <code>", f.Value, "</code>").Wrap(" <em>", f.Reason, "</em>")
	if f.Meaning != "" {
		w.Lit(" <small>").Text(f.Meaning).Wrap(" <cite>", f.Ref, "</cite>").Lit("</small>")
	}
	w.Lit("</p></div>")
	if len(f.Fields) > 0 {
		w.Wrap("<details><summary>", f.Fold, "</summary>").Lit("<ul>")
		w.fields(f.Fields)
		w.Lit("</ul>")
		if f.Fold != "" {
			w.Lit("</details>")
		}
	}
	w.Lit("</li>")
}

func (w *pageWriter) links(links []linkView) {
	for _, l := range links {
		if l.Href == "" {
			w.Text(l.Text)
			continue
		}
		w.Lit(`<a href="#`).Text(l.Href).Lit(`">`).Text(l.Text).Lit("</a>")
	}
}

func (w *pageWriter) secrets(rows []secretView) {
	if len(rows) == 0 {
		return
	}
	w.Lit(`<table><thead><tr><th scope="col">value</th><th scope="col">how</th><th scope="col">result</th></tr></thead>
<tbody>
`)
	for i := range rows {
		r := &rows[i]
		w.Lit(`<tr id="`).Text(r.ID).Lit(`"><th scope="row">`).Text(r.Label).Wrap(" <small>", r.Meaning, "</small>").Lit("</th><td>")
		w.links(r.How)
		w.Lit("</td><td>")
		const long = 2 * 128 // letters of hex
		if len(r.Out) > long {
			w.Lit("<details><summary>").Text(byteCount(len(r.Out) / 2)).Lit(": <code>").Text(r.Out[:32]).Lit("…</code></summary>")
		}
		w.Lit("<code>").Text(r.Out).Lit("</code>")
		if len(r.Out) > long {
			w.Lit("</details>")
		}
		w.command(r.Command)
		w.Lit("</td></tr>\n")
	}
	w.Lit("</tbody></table>\n")
}
