package text

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Count groups the digits of a number: 1 431.
func Count[T ~int | ~int64 | ~uint32 | ~uint64](n T) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}

// Plural is "1 byte", "2 bytes".
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Count(n) + " " + noun + "s"
}

// Took is a time that something took: 0.1 ms, 15 ms, 1.2 s.
func Took(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// Span is a length of time in its largest unit: 7 days, 2 hours, 90 seconds.
func Span(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if d >= u.unit && d%u.unit == 0 || d >= 2*u.unit {
			return Plural(int(d/u.unit), u.name)
		}
	}
	return Plural(int(d/time.Second), "second")
}

// Hex is hex with the middle left out when it is long.
func Hex(b []byte, most int) string {
	s := fmt.Sprintf("%x", b)
	if len(b) <= most {
		return s
	}
	half := most / 2 * 2
	return s[:half] + "…" + s[len(s)-half:]
}

// List joins words; none at all is a dash.
func List(words []string) string {
	if len(words) == 0 {
		return "-"
	}
	return strings.Join(words, " ")
}
