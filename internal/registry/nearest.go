package registry

import (
	"slices"
	"strings"
)

// Nearest returns up to n entries whose names are most like name, the most
// like first: for "did you mean" after [Table.Find] found nothing.
func (t *Table) Nearest(name string, n int) []Entry {
	type candidate struct {
		Entry
		distance int
	}
	name = fold(name)
	all := make([]candidate, 0, len(t.entries))
	for _, e := range t.entries {
		d := distance(name, fold(e.Name))
		for _, other := range []string{e.OpenSSL, e.GnuTLS} {
			if other != "" {
				d = min(d, distance(name, fold(other)))
			}
		}
		all = append(all, candidate{e, d})
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return a.distance - b.distance })
	near := make([]Entry, 0, n)
	for _, c := range all[:min(n, len(all))] {
		near = append(near, c.Entry)
	}
	return near
}

// maxFold bounds the work for a name from a command line or a file.
const maxFold = 128

// fold drops what people get wrong: case and separators.
func fold(name string) string {
	name = strings.ToLower(name[:min(len(name), maxFold)])
	return strings.NewReplacer("_", "", "-", "", " ", "", "with", "").Replace(name)
}

// distance is how many letters have to be put in, left out or changed to make
// b of a (Levenshtein's distance).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
