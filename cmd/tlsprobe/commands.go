package main

import (
	"fmt"
	"strings"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
)

// entry is a command in the table.
type entry struct {
	name    string
	args    string // what stands behind the flags
	summary string // one line
	help    string // examples and what else there is to know
	make    func() command
}

// commands lists them in the order of the help. It is a function, and not a
// variable, because some commands read it.
func commands() []entry {
	return []entry{
		{"demo", "", "a whole handshake in one process, without a network", demoHelp, func() command { return &demo{} }},
		{"connect", "TARGET...", "one connection: report, verify, perhaps talk", connectHelp, func() command { return &connect{} }},
		{"show", "TARGET|FILE...", "a handshake with every byte explained", showHelp, func() command { return &show{} }},
		{"serve", "", "a server that shows its visitors their own connection", serveHelp, func() command { return &serve{} }},
		{"cert", "TARGET|FILE|-...", "certificates: the chain, the days left, the pin", certHelp, func() command { return &cert{} }},
		{"diff", "OLD NEW", "what changed between two JSON documents", diffHelp, func() command { return &diff{} }},
		{"explain", "[KIND] WORD", "a dictionary of names and numbers, and of bytes", explainHelp, func() command { return &explain{} }},
		{"schema", "KIND", "the JSON Schema of a document", schemaHelp, func() command { return &schemaCommand{} }},
		{"vectors", "[FILE|DIR...]", "check this build against test vectors", vectorsHelp, func() command { return &testVectors{} }},
		{"completion", "SHELL", "a completion script for bash, zsh or fish", completionHelp, func() command { return &completion{} }},
		{"man", "[COMMAND]", "a manual page", manHelp, func() command { return &man{} }},
		{"version", "", "the version, and what settings are in force", versionHelp, func() command { return &version{} }},
		{"help", "[COMMAND|TOPIC]", "this help, or that of a command or topic", "", func() command { return &help{} }},
	}
}

func lookup(name string) *entry {
	for _, c := range commands() {
		if c.name == name {
			return &c
		}
	}
	return nil
}

func commandNames() (names []string) {
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}

// unknownCommand says what may have been meant: there is no command that is
// taken for granted.
func unknownCommand(args []string) error {
	name := args[0]
	if name == "scan" {
		return fault.UsageError("absent", "scan is not in this program").
			WithHint("`tlsprobe connect --why` finds out what a server refuses, and `tlsprobe show` what it says")
	}
	if strings.HasPrefix(name, "-") {
		return fault.UsageError("command", "the command comes first, then flags such as %s", name).WithHint("`tlsprobe help` lists the commands")
	}
	if near := flags.Nearest(name, commandNames()); near != "" {
		return fault.UsageError("command", "unknown command %q", name).WithHint("did you mean `tlsprobe %s`?", near)
	}
	if looksLikeTarget(name) {
		return fault.UsageError("command", "unknown command %q", name).WithHint("to make a connection: `tlsprobe connect %s`", strings.Join(args, " "))
	}
	return fault.UsageError("command", "unknown command %q", name).WithHint("`tlsprobe help` lists the commands")
}

func looksLikeTarget(s string) bool {
	return strings.ContainsAny(s, ".:[") || s == "localhost"
}

// usage is the help of the command.
func (c *entry) usage(set *flags.Set) string {
	var b strings.Builder
	fmt.Fprintf(&b, "tlsprobe %s: %s\n\nusage: tlsprobe %s [flags] %s", c.name, c.summary, c.name, c.args)
	usage := strings.TrimRight(b.String(), " ") + "\n\n"
	if c.help != "" {
		usage += strings.Trim(c.help, "\n") + "\n\n"
	}
	return usage + "flags:\n" + set.Usage()
}
