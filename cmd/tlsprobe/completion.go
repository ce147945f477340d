package main

import (
	"fmt"
	"strings"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/schema"
)

const completionHelp = `
A script that completes commands, flags, and the values of flags that have but
a few.

  bash   source <(tlsprobe completion bash)
  zsh    tlsprobe completion zsh > "${fpath[1]}/_tlsprobe"
  fish   tlsprobe completion fish > ~/.config/fish/completions/tlsprobe.fish
`

// completion is the command of that name.
type completion struct{}

func (*completion) flags(*flags.Set) {}

func (*completion) run(p *probe, args []string) error {
	shells := map[string]func() string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}
	if len(args) != 1 || shells[args[0]] == nil {
		return fault.UsageError("argument", "completion needs a shell: bash, zsh or fish")
	}
	return p.answerWords("completion "+args[0], shells[args[0]]())
}

// words are the arguments that a command takes besides flags.
func completionWords(command string) []string {
	switch command {
	case "help":
		return append(commandNames(), topicNames...)
	case "man":
		return commandNames()
	case "schema":
		return schema.Names()
	case "completion":
		return []string{"bash", "zsh", "fish"}
	case "explain":
		return append(kinds(), "hex")
	}
	return nil
}

func bashCompletion() string {
	var b strings.Builder
	b.WriteString("# tlsprobe completion for bash\n_tlsprobe() {\n  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n  if [ \"$COMP_CWORD\" -eq 1 ]; then\n")
	fmt.Fprintf(&b, "    COMPREPLY=($(compgen -W %q -- \"$cur\")); return\n  fi\n  case \"${COMP_WORDS[1]} $prev\" in\n", strings.Join(commandNames(), " "))
	for _, c := range commands() {
		for _, f := range (&probe{}).flagSet(c.make()).Flags {
			switch {
			case f.Choices != nil:
				fmt.Fprintf(&b, "    \"%s --%s\") COMPREPLY=($(compgen -W %q -- \"$cur\")); return ;;\n", c.name, f.Name, strings.Join(f.Choices, " "))
			case f.Files:
				fmt.Fprintf(&b, "    \"%s --%s\") COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n", c.name, f.Name)
			}
		}
	}
	b.WriteString("  esac\n  case \"${COMP_WORDS[1]}\" in\n")
	for _, c := range commands() {
		var names []string
		for _, name := range (&probe{}).flagSet(c.make()).Names() {
			names = append(names, "--"+name)
		}
		fmt.Fprintf(&b, "    %s) COMPREPLY=($(compgen -W %q -- \"$cur\")) ;;\n", c.name, strings.Join(append(completionWords(c.name), names...), " "))
	}
	b.WriteString("  esac\n  [ \"${#COMPREPLY[@]}\" -gt 0 ] || COMPREPLY=($(compgen -f -- \"$cur\"))\n}\ncomplete -o filenames -F _tlsprobe tlsprobe\n")
	return b.String()
}

func zshCompletion() string {
	var b strings.Builder
	b.WriteString("#compdef tlsprobe\nlocal -a commands\ncommands=(\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %s\n", zshQuote(c.name+":"+c.summary))
	}
	b.WriteString(")\nif (( CURRENT == 2 )); then\n  _describe command commands\n  return\nfi\ncase $words[2] in\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "%s) _arguments", c.name)
		for _, f := range (&probe{}).flagSet(c.make()).Flags {
			fmt.Fprintf(&b, " \\\n  %s%s", zshNames(f), zshQuote(zshFlag(f)))
		}
		rest := "*:argument:_files"
		if words := completionWords(c.name); words != nil {
			rest = "*:argument:(" + strings.Join(words, " ") + ")"
		}
		fmt.Fprintf(&b, " \\\n  %s ;;\n", zshQuote(rest))
	}
	b.WriteString("esac\n")
	return b.String()
}

// zshNames are the names of a flag that has a short one; the long one alone is
// in the description.
func zshNames(f *flags.Flag) string {
	if f.Short == "" {
		return ""
	}
	return fmt.Sprintf("'(-%[1]s --%[2]s)'{-%[1]s,--%[2]s}", f.Short, f.Name)
}

func zshFlag(f *flags.Flag) string {
	name := "--" + f.Name
	if f.Short != "" {
		name = ""
	}
	s := name + "[" + strings.NewReplacer("[", "(", "]", ")").Replace(f.Help) + "]"
	switch {
	case f.Choices != nil:
		return s + ":value:(" + strings.Join(f.Choices, " ") + ")"
	case f.Files:
		return s + ":file:_files"
	case f.Arg != "":
		return s + ":value: "
	}
	return s
}

func zshQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func fishCompletion() string {
	var b strings.Builder
	b.WriteString("# tlsprobe completion for fish\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "complete -c tlsprobe -f -n __fish_use_subcommand -a %s -d %s\n", c.name, fishQuote(c.summary))
	}
	for _, c := range commands() {
		in := "-n '__fish_seen_subcommand_from " + c.name + "'"
		for _, f := range (&probe{}).flagSet(c.make()).Flags {
			fmt.Fprintf(&b, "complete -c tlsprobe %s -l %s", in, f.Name)
			if f.Short != "" {
				fmt.Fprintf(&b, " -s %s", f.Short)
			}
			switch {
			case f.Choices != nil:
				fmt.Fprintf(&b, " -x -a %s", fishQuote(strings.Join(f.Choices, " ")))
			case f.Files:
				b.WriteString(" -r -F")
			case f.Arg != "":
				b.WriteString(" -x")
			}
			fmt.Fprintf(&b, " -d %s\n", fishQuote(f.Help))
		}
		if words := completionWords(c.name); words != nil {
			fmt.Fprintf(&b, "complete -c tlsprobe -f %s -a %s\n", in, fishQuote(strings.Join(words, " ")))
		}
	}
	return b.String()
}

func fishQuote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}
