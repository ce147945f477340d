package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/internal/markup"
)

// answer writes what was asked for to stdout, or to the file of --output.
func (p *probe) answer(b []byte) error {
	if p.output != "" && p.output != "-" {
		return writeFile(p.output, b, 0o644)
	}
	return p.write(p.stdout, b)
}

// answerText is answer for text, which may have to be ASCII.
func (p *probe) answerText(s string) error {
	if p.style().ASCII {
		s = text.ASCII(s)
	}
	return p.answer([]byte(s))
}

// textReport is the document around what is text and nothing else.
type textReport struct {
	Schema string      `json:"schema"`
	Tool   report.Tool `json:"tool"`
	Title  string      `json:"title"`
	Text   string      `json:"text"`
}

// answerWords is answer for what is text and nothing else, such as help: with
// --json a document has it.
func (p *probe) answerWords(title, s string) error {
	if p.json {
		return p.answerJSON(textReport{"tlsprobe.text/1", report.ThisTool(), title, s})
	}
	return p.answerText(s)
}

// answerJSON is answer for a document.
func (p *probe) answerJSON(v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if p.jsonl {
		b, err = json.Marshal(v)
	}
	if err != nil {
		return err
	}
	return p.answer(append(markup.JSON(b), '\n'))
}

// errClosed says that the reader of stdout went away, which is its right.
var errClosed = errors.New("stdout is closed")

func (p *probe) write(w io.Writer, b []byte) error {
	_, err := w.Write(b)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.EPIPE):
		return errClosed
	}
	return fault.New(fault.Usage, "input.output", "output", "writing the answer: %w", err)
}

// answerWriter is stdout for what comes little by little.
type answerWriter struct{ p *probe }

func (w answerWriter) Write(b []byte) (int, error) {
	if err := w.p.write(w.p.stdout, b); err != nil {
		return 0, err
	}
	return len(b), nil
}

// writeFile writes a file whole or not at all.
func writeFile(name string, b []byte, mode os.FileMode) error {
	bad := func(err error) error {
		return fault.New(fault.Usage, "input.output", "output", "writing %s: %v", name, plain(err))
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return badIf(os.WriteFile(name, b, mode), bad) // a device or a pipe
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".tlsprobe-*")
	if err != nil {
		return bad(err)
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is gone when all went well
	_, err = f.Write(b)
	if err == nil {
		err = f.Chmod(mode)
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	return badIf(err, bad)
}

func badIf(err error, bad func(error) error) error {
	if err == nil {
		return nil
	}
	return bad(err)
}

// plain is an error without the name of the file, which is said already.
func plain(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// say writes a line of talk to stderr, unless --quiet.
func (p *probe) say(format string, args ...any) {
	if !p.quiet {
		p.talk(fmt.Sprintf(format, args...))
	}
}

func (p *probe) talk(s string) {
	if p.asciiOnly() {
		s = text.ASCII(s)
	}
	fmt.Fprintln(p.stderr, strings.TrimRight(s, "\n")) //nolint:errcheck // there is nobody left to tell
}

// end says how a command ended, and returns its exit code.
func (p *probe) end(target string, err error) int {
	if lost := p.logFault(); lost != nil && err == nil {
		f := fault.Of(lost)
		f.Reported, err = true, f // the answer was given
	} else if lost != nil {
		p.talk("tlsprobe: " + oneLine(lost.Error()))
	}
	if err == nil || errors.Is(err, errClosed) {
		return fault.OK
	}
	return p.fail(target, err)
}

// fail says what is wrong: one line and perhaps a hint on stderr, and with
// --json an object on stdout, unless the answer there says it already.
func (p *probe) fail(target string, err error) int {
	f := fault.Of(err)
	if f.Target != "" {
		target = f.Target
	}
	exit, ok := p.errorObject(target, f)
	if !ok {
		return exit
	}
	line := "tlsprobe: "
	if target != "" {
		line += text.Clean(target) + ": "
	}
	p.talk(line + oneLine(f.Message))
	if f.Hint != "" {
		p.talk("hint: " + oneLine(f.Hint))
	}
	return exit
}

// errorObject writes a fault to stdout, with --json and unless the answer there
// says it already. It reports whether there is somebody to talk to.
func (p *probe) errorObject(target string, f *fault.Fault) (exit int, ok bool) {
	if !p.json || f.Reported {
		return f.Exit, true
	}
	err := p.answerJSON(report.ErrorOf(target, f))
	switch {
	case errors.Is(err, errClosed):
		return fault.OK, false
	case err != nil:
		p.talk("tlsprobe: " + oneLine(err.Error()))
		return fault.Usage, true
	}
	return f.Exit, true
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// style is how text on stdout may look.
func (p *probe) style() text.Style {
	return text.Style{Color: p.colored(), ASCII: p.asciiOnly()}
}

func (p *probe) colored() bool {
	switch {
	case p.color == "always":
		return true
	case p.color == "never" || p.output != "" && p.output != "-":
		return false
	case p.getenv("CLICOLOR_FORCE") == "1":
		return true
	}
	return p.getenv("NO_COLOR") == "" && p.getenv("TERM") != "dumb" && isTerminal(p.stdout)
}

// onTerminal reports whether a person reads the answer as it comes.
func (p *probe) onTerminal() bool {
	return (p.output == "" || p.output == "-") && isTerminal(p.stdout)
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// asciiOnly reports whether the locale has nothing but ASCII, or --ascii says so.
func (p *probe) asciiOnly() bool {
	if p.ascii {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := p.getenv(name); locale != "" {
			locale = strings.ToLower(locale)
			return !strings.Contains(locale, "utf-8") && !strings.Contains(locale, "utf8")
		}
	}
	return false
}

// answerReply is an answer with a peer's bytes behind it: as they are, but
// harmless where a person looks at them.
func (p *probe) answerReply(s string, reply []byte) error {
	if p.style().ASCII {
		s = text.ASCII(s)
	}
	if p.onTerminal() {
		var lines []string
		for line := range strings.Lines(string(reply)) {
			lines = append(lines, text.Clean(strings.TrimRight(line, "\r\n"))+"\n")
		}
		reply = []byte(strings.Join(lines, ""))
	}
	return p.answer(append([]byte(s), reply...))
}
