package main

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/dial"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/target"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
)

// many is a command that takes any number of targets, one after the other.
type many interface {
	command

	// list is the file with more targets; "" for none.
	list() string

	// alone is a flag that was given and goes with one target only; "" for none.
	alone() string
}

// maxTargets bounds a list of targets, in bytes.
const maxTargets = 16 << 20

// several runs a command for each of its targets, if it was given more than
// one, or a list; done is false if not.
func (p *probe) several(c *entry, impl command, args, rest []string) (exit int, done bool) {
	m, ok := impl.(many)
	if !ok || m.list() == "" && len(rest) < 2 && !(len(rest) == 1 && rest[0] == "-" && c.name != "cert") {
		return 0, false
	}
	if p.json && !p.jsonl {
		return p.end("", fault.UsageError("conflict", "--json is one document; several targets need --jsonl, one a line")), true
	}
	if flag := m.alone(); flag != "" {
		return p.end("", fault.UsageError("conflict", "%s goes with one target only", flag)), true
	}
	targets, bad, err := p.targets(m.list(), rest)
	if err != nil {
		return p.end("", err), true
	}
	var collected *bytes.Buffer
	if p.output != "" && p.output != "-" {
		collected = &bytes.Buffer{}
	}
	exits := make([]int, 0, len(targets)+1)
	for i, one := range targets {
		if p.ctx.Err() != nil {
			exits = append(exits, p.untried(targets[i:], collected))
			break
		}
		if i > 0 && !p.json {
			p.separate(collected)
		}
		exits = append(exits, p.one(c, args, one, collected))
	}
	if bad {
		exits = append(exits, fault.Usage)
	}
	if collected != nil {
		if err := writeFile(p.output, collected.Bytes(), 0o644); err != nil {
			exits = append(exits, p.end("", err))
		}
	}
	return worst(exits), true
}

// one runs the command for one target.
func (p *probe) one(c *entry, args []string, one string, collected *bytes.Buffer) (exit int) {
	q := &probe{ctx: p.ctx, stdin: strings.NewReader(""), stdout: p.stdout, stderr: p.stderr, getenv: p.getenv, now: p.now, tty: p.tty}
	defer q.recover(&exit)
	impl := c.make()
	set := q.flagSet(impl)
	_, err := set.Parse(args)
	if err == nil {
		err = q.otherSources(set)
	}
	if q.settle(); collected != nil {
		q.stdout, q.output = collected, ""
	}
	if err == nil {
		err = impl.run(q, []string{one})
	}
	return q.end(one, err)
}

// untried says which targets were not tried when the user ended it: with
// --jsonl each has its line.
func (p *probe) untried(list []string, collected *bytes.Buffer) int {
	if !p.json {
		const most = 8
		line := "tlsprobe: interrupted; not tried: " + strings.Join(list[:min(len(list), most)], " ")
		if more := len(list) - most; more > 0 {
			line += " and " + strconv.Itoa(more) + " more"
		}
		p.talk(text.Clean(line))
		return fault.Interrupted
	}
	q := &probe{stdout: p.stdout, json: true, jsonl: true}
	if collected != nil {
		q.stdout = collected
	}
	for _, one := range list {
		q.answerJSON(report.ErrorOf(one, dial.Interrupted("input"))) //nolint:errcheck // the exit code says it
	}
	return fault.Interrupted
}

// separate puts a blank line between two answers.
func (p *probe) separate(collected *bytes.Buffer) {
	var w io.Writer = p.stdout
	if collected != nil {
		w = collected
	}
	io.WriteString(w, "\n") //nolint:errcheck // the next answer tells
}

// targets are those of the command line, and of the file. bad says that some
// lines hold none, which was said.
func (p *probe) targets(file string, rest []string) (list []string, bad bool, err error) {
	for _, arg := range rest {
		if arg != "-" {
			list = append(list, arg)
			continue
		}
		b, err := p.readStdin(maxTargets)
		if err != nil {
			return nil, false, err
		}
		list = append(list, p.lines("stdin", b, &bad)...)
	}
	if file != "" {
		b, err := pki.ReadFile(file, maxTargets)
		if err != nil {
			return nil, false, err
		}
		list = append(list, p.lines(file, b, &bad)...)
	}
	if len(list) == 0 && !bad {
		return nil, false, fault.UsageError("argument", "the list has no target")
	}
	return list, bad, nil
}

// lines reads a list: one target a line, # starts a comment.
func (p *probe) lines(name string, b []byte, bad *bool) (list []string) {
	n := 0
	for line := range strings.Lines(string(b)) {
		n++
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if _, err := target.Parse(line); err != nil {
			*bad = true
			p.talk("tlsprobe: " + name + ": line " + strconv.Itoa(n) + ": " + oneLine(fault.Of(err).Message))
			continue
		}
		list = append(list, line)
	}
	return list
}

// worst is the exit code of several targets: what ends all goes first, then
// what most went wrong.
func worst(exits []int) int {
	for _, code := range []int{fault.Interrupted, fault.Bug, fault.Usage, fault.TLSFailed, fault.NotReached, fault.CheckFailed, fault.Incomplete} {
		if slices.Contains(exits, code) {
			return code
		}
	}
	return fault.OK
}
