package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

// block is a run of statements that are executed together.
type block struct {
	file       string // by its import path
	start, end position
	statements int
}

type position struct{ line, column int }

// readProfiles returns the blocks of some profiles in order, with whether any
// of the test binaries reached them.
func readProfiles(paths []string) ([]block, map[block]bool, error) {
	reached := make(map[block]bool)
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return nil, nil, err
		}
		err = parseProfile(f, reached)
		f.Close()
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	blocks := slices.Collect(maps.Keys(reached))
	slices.SortFunc(blocks, func(a, b block) int {
		return cmp.Or(strings.Compare(a.file, b.file), cmp.Compare(a.start.line, b.start.line), cmp.Compare(a.start.column, b.start.column))
	})
	return blocks, reached, nil
}

// parseProfile reads what go test -coverprofile writes.
func parseProfile(r io.Reader, reached map[block]bool) error {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "mode: ") {
			continue
		}
		var b block
		var count int
		colon := strings.LastIndex(line, ":")
		if colon < 0 {
			return fmt.Errorf("not a line of a profile: %q", line)
		}
		b.file = line[:colon]
		_, err := fmt.Sscanf(line[colon+1:], "%d.%d,%d.%d %d %d",
			&b.start.line, &b.start.column, &b.end.line, &b.end.column, &b.statements, &count)
		if err != nil {
			return fmt.Errorf("not a line of a profile: %q: %w", line, err)
		}
		reached[b] = reached[b] || count > 0
	}
	return lines.Err()
}
