package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/roff"
)

const manHelp = `
A manual page, of what --help says too: of tlsprobe, or of one command. With
--dir all of them are written to a directory.

  tlsprobe man show | man -l -
  tlsprobe man --dir /usr/local/share/man/man1

SOURCE_DATE_EPOCH sets the date that is in the pages.
`

// man is the command of that name.
type man struct {
	dir string
}

func (m *man) flags(s *flags.Set) {
	s.File(&m.dir, "dir", "write all pages to this directory").Arg = "DIR"
}

func (m *man) run(p *probe, args []string) error {
	switch {
	case m.dir != "" && len(args) > 0:
		return fault.UsageError("conflict", "--dir %s, which is for all pages, and the command %s", m.dir, args[0])
	case m.dir != "":
		return m.all(p)
	case len(args) == 0:
		return p.answerWords("man", p.mainPage())
	case len(args) > 1:
		return fault.UsageError("argument", "man takes one command, got %d", len(args))
	}
	c := lookup(args[0])
	if c == nil {
		f := fault.UsageError("argument", "no command is called %q", args[0])
		if near := flags.Nearest(args[0], commandNames()); near != "" {
			return f.WithHint("did you mean `tlsprobe man %s`?", near)
		}
		return f
	}
	return p.answerWords("man "+c.name, p.commandPage(c))
}

// all writes every page to the directory.
func (m *man) all(p *probe) error {
	if err := os.MkdirAll(m.dir, 0o755); err != nil {
		return fault.InputError("output", "%s: %v", m.dir, plain(err))
	}
	pages := map[string]string{"tlsprobe": p.mainPage()}
	for _, c := range commands() {
		pages[c.pageName()] = p.commandPage(&c)
	}
	for name, page := range pages {
		if err := writeFile(filepath.Join(m.dir, name+".1"), []byte(page), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (c *entry) pageName() string { return "tlsprobe-" + c.name }

// page starts a page.
func (p *probe) page(name, summary string) *roff.Page {
	date := p.now()
	if n, err := strconv.ParseInt(p.getenv("SOURCE_DATE_EPOCH"), 10, 64); err == nil {
		date = time.Unix(n, 0)
	}
	return roff.New(name, date.UTC().Format(time.DateOnly), "tlsprobe "+report.ThisTool().Version, summary)
}

// mainPage is the page of the program: its commands and the topics of the help.
func (p *probe) mainPage() string {
	page := p.page("tlsprobe", "make TLS connections and show them, byte by byte")
	page.Synopsis("tlsprobe", "COMMAND [flags] [arguments]")
	page.Section("DESCRIPTION")
	page.Text(aboutTool)
	page.Section("COMMANDS")
	for _, c := range commands() {
		page.Item(roff.Bold(roff.Escape(c.name))+" "+roff.Italic(roff.Escape(c.args)), c.summary)
	}
	for _, name := range topicNames {
		page.Section(strings.ToUpper(strings.ReplaceAll(name, "-", " ")))
		page.Text(topics[name])
	}
	page.Section("SEE ALSO")
	var also []string
	for _, c := range commands() {
		also = append(also, roff.Bold(roff.Escape(c.pageName()))+"(1)")
	}
	page.Raw(strings.Join(also, ",\n"))
	return page.String()
}

// commandPage is the page of a command.
func (p *probe) commandPage(c *entry) string {
	page := p.page(c.pageName(), c.summary)
	page.Synopsis("tlsprobe "+c.name, "[flags]", c.args)
	if c.help != "" {
		page.Section("DESCRIPTION")
		page.Text(c.help)
	}
	page.Section("OPTIONS")
	for _, f := range (&probe{}).flagSet(c.make()).Flags {
		page.Item(manFlag(f), f.Help)
	}
	page.Section("SEE ALSO")
	page.Raw(roff.Bold("tlsprobe") + "(1), which has the exit codes and the environment")
	return page.String()
}

// manFlag is a flag as a term: -o, --output FILE.
func manFlag(f *flags.Flag) string {
	term := roff.Bold(roff.Escape("--" + f.Name))
	if f.Short != "" {
		term = roff.Bold(roff.Escape("-"+f.Short)) + ", " + term
	}
	if f.Arg != "" {
		term += " " + roff.Italic(roff.Escape(f.Arg))
	}
	return term
}
