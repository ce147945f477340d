package main

import (
	"context"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
)

// probe is one run of the program: what it has of the world, and the flags
// that all commands share.
type probe struct {
	ctx    context.Context
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	getenv func(string) string
	now    func() time.Time

	json    bool
	jsonl   bool
	output  string
	quiet   bool
	verbose int
	color   string
	ascii   bool
	help    bool
	tty     bool // stderr is a terminal

	logOnce sync.Once // SSLKEYLOGFILE is mentioned once
	logMu   sync.Mutex
	logErr  error // of writing the secrets
}

// run is the program: what it exits with.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &probe{ctx: context.Background(), stdin: stdin, stdout: stdout, stderr: stderr, getenv: os.Getenv, now: time.Now, tty: isTerminal(stderr)}
	return p.main(args)
}

// command is one of the program's commands. It is made anew for each run.
type command interface {
	// flags adds the command's own flags.
	flags(*flags.Set)

	// run does the work. What it has to say goes to p.answer and p.say; its
	// error decides the exit code.
	run(p *probe, args []string) error
}

// main runs one command line.
func (p *probe) main(args []string) (exit int) {
	defer p.recover(&exit)
	if len(args) == 0 {
		return p.fail("", fault.UsageError("command", "no command").WithHint("`tlsprobe help` lists the commands, `tlsprobe demo` shows a handshake"))
	}
	name := args[0]
	switch name {
	case "-h", "--help":
		name = "help"
	case "--version", "-V":
		name = "version"
	}
	c := lookup(name)
	if c == nil {
		p.json, p.jsonl = slices.Contains(args, "--json"), slices.Contains(args, "--jsonl")
		p.settle()
		return p.fail("", unknownCommand(args))
	}
	return p.command(c, args[1:])
}

// command reads the flags and runs the command.
func (p *probe) command(c *entry, args []string) int {
	impl := c.make()
	set := p.flagSet(impl)
	p.json, p.jsonl = slices.Contains(args, "--json"), slices.Contains(args, "--jsonl") // also for what is wrong with the flags
	p.settle()
	rest, err := set.Parse(args)
	if err == nil {
		p.json, p.jsonl = set.Given("json"), set.Given("jsonl") // what is behind -- is no flag
		p.settle()
	}
	if err == nil && p.help {
		return p.end("", p.answerWords("help "+c.name, c.usage(set)))
	}
	if err == nil {
		err = p.otherSources(set)
	}
	p.settle()
	if err == nil {
		if exit, done := p.several(c, impl, args, rest); done {
			return exit
		}
		err = impl.run(p, rest)
	}
	return p.end("", err)
}

// settle draws from the flags what follows from them.
func (p *probe) settle() { p.json = p.json || p.jsonl }

// flagSet is the flags of a command, its own before the shared ones.
func (p *probe) flagSet(impl command) *flags.Set {
	set := &flags.Set{}
	impl.flags(set)
	set.Switch(&p.json, "json", "one JSON document on stdout")
	set.Switch(&p.jsonl, "jsonl", "the same in one line, for each of several targets")
	set.File(&p.output, "output", "write the answer to FILE; - is stdout").Short = "o"
	set.Switch(&p.quiet, "quiet", "say less on stderr").Short = "q"
	set.Count(&p.verbose, "verbose", "say more on stderr: -v messages, -vv records").Short = "v"
	set.Choice(&p.color, "color", []string{"auto", "always", "never"}, "colors in text (auto)")
	set.Switch(&p.ascii, "ascii", "no characters outside ASCII")
	set.Switch(&p.help, "help", "show this help").Short = "h"
	return set
}

// otherSources sets what the command line left open from the environment and
// the config file, in this order.
func (p *probe) otherSources(set *flags.Set) error {
	if err := set.Environment(p.getenv); err != nil {
		return err
	}
	name, lines, err := p.configFile()
	if err == nil {
		err = set.Apply(name, lines)
	}
	p.loudness(set)
	return err
}

// loudness decides between -q and -v from different sources: the one nearer to
// the command line holds.
func (p *probe) loudness(set *flags.Set) {
	nearness := map[string]int{"flag": 3, "environment": 2, "file": 1}
	quiet, verbose := nearness[set.Lookup("quiet").From], nearness[set.Lookup("verbose").From]
	switch {
	case quiet > verbose && p.quiet:
		p.verbose = 0
	case verbose > quiet && p.verbose > 0:
		p.quiet = false
	}
}

// recover turns a panic, which is a bug of ours, into exit code 70.
func (p *probe) recover(exit *int) {
	if bug := recover(); bug != nil {
		if p.verbose >= 2 {
			panic(bug)
		}
		*exit = p.fail("", fault.New(fault.Bug, "internal", "internal", "a bug in tlsprobe: %v", bug).
			WithHint("please report it, with the command and what -vv prints"))
	}
}
