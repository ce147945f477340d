package flags

import "strings"

// Nearest is the name most like word, or "" if none is like it: at most a
// third of the letters may differ.
func Nearest(word string, names []string) string {
	best, least := "", len(word)/3+2
	for _, name := range names {
		d := Distance(strings.ToLower(word), name)
		if len(word) >= 3 && strings.HasPrefix(name, strings.ToLower(word)) {
			d = min(d, 1)
		}
		if d < least {
			best, least = name, d
		}
	}
	return best
}

// Distance is Levenshtein's: letters put in, left out or changed.
func Distance(a, b string) int {
	a = a[:min(len(a), 64)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
