package main

import (
	"fmt"
	"os"
	"strings"
)

// assertion is a block that no input reaches: it stands there in case that is
// wrong. It is found by the file, the function and the line that it begins on.
type assertion struct{ file, function, opening string }

func (a assertion) String() string { return a.file + ": " + a.function + ": " + a.opening }

// readAssertions reads the list: paragraphs of a line "file: function", a line
// with the source line that begins the block, and the reason on what follows.
// Lines that begin with # are comments. The numbers are how often each stands
// there: once for each block that looks the same.
func readAssertions(path string) (map[assertion]int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	list := make(map[assertion]int)
	for paragraph := range strings.SplitSeq(string(text), "\n\n") {
		var lines []string
		for line := range strings.Lines(paragraph) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				lines = append(lines, line)
			}
		}
		if len(lines) == 0 {
			continue
		}
		file, function, ok := strings.Cut(lines[0], ": ")
		if !ok || len(lines) < 3 {
			return nil, fmt.Errorf("%s: an assertion is file: function, the line it begins on, and a reason: %q", path, lines[0])
		}
		list[assertion{file, function, lines[1]}]++
	}
	return list, nil
}
