package main

import (
	"fmt"
	"strings"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
)

// help is the command of that name.
type help struct{}

func (*help) flags(*flags.Set) {}

func (*help) run(p *probe, args []string) error {
	if len(args) == 0 {
		return p.answerWords("help", overview())
	}
	if c := lookup(args[0]); c != nil {
		return p.answerWords("help "+c.name, c.usage((&probe{}).flagSet(c.make())))
	}
	if t, ok := topics[args[0]]; ok {
		return p.answerWords("help "+args[0], strings.TrimLeft(t, "\n"))
	}
	f := fault.UsageError("argument", "no command and no topic is called %q", args[0])
	if near := flags.Nearest(args[0], append(commandNames(), topicNames...)); near != "" {
		return f.WithHint("did you mean `tlsprobe help %s`?", near)
	}
	return f.WithHint("the topics are %s", strings.Join(topicNames, ", "))
}

// aboutTool is the program in one sentence.
const aboutTool = "tlsprobe makes TLS connections and shows them, byte by byte where you want it."

// overview lists the commands.
func overview() string {
	var b strings.Builder
	b.WriteString(aboutTool + "\n\nusage: tlsprobe COMMAND [flags] [arguments]\n\ncommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-32s  %s\n", strings.TrimRight(c.name+" "+c.args, " "), c.summary)
	}
	fmt.Fprintf(&b, "\n`tlsprobe help COMMAND` has the flags and examples. Topics: %s.\n", strings.Join(topicNames, ", "))
	return b.String()
}

// noArguments is for commands that take none.
func noArguments(command string, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fault.UsageError("argument", "%s takes no argument, got %q", command, args[0])
}
