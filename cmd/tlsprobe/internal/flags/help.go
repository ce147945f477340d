package flags

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Usage lists the flags, one or two lines each.
func (s *Set) Usage() string {
	var b strings.Builder
	for _, f := range s.Flags {
		head := "    "
		if f.Short != "" {
			head = "-" + f.Short + ", "
		}
		head += "--" + f.Name
		if f.Arg != "" {
			head += " " + f.Arg
		}
		if utf8.RuneCountInString(head) > column {
			fmt.Fprintf(&b, "  %s\n  %-*s  %s\n", head, column, "", f.Help)
			continue
		}
		fmt.Fprintf(&b, "  %-*s  %s\n", column, head, f.Help)
	}
	return b.String()
}

// column is how wide the flags' names may be beside their help.
const column = 30
