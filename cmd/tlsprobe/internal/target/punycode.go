package target

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// ToASCII is a host name in the form that goes over the wire: labels with
// letters outside ASCII become A-labels (RFC 5890). Capitals become small;
// beyond that nothing is mapped.
func ToASCII(host string) (string, error) {
	if !utf8.ValidString(host) {
		return "", errors.New("is not valid UTF-8")
	}
	labels := strings.Split(strings.ToLower(host), ".")
	for i, label := range labels {
		if label == "" && i < len(labels)-1 {
			return "", errors.New("has an empty label")
		}
		if strings.ContainsFunc(label, func(r rune) bool {
			return r <= ' ' || r == 0x7f || strings.ContainsRune(`"'<>\^|{}%&?#;,!$()*+=`+"`", r)
		}) {
			return "", errors.New("has a character that no name has")
		}
		if strings.ContainsFunc(label, func(r rune) bool { return r >= 0x80 }) {
			labels[i] = "xn--" + punycode(label)
		}
		if len(labels[i]) > 63 {
			return "", errors.New("has a label longer than 63 bytes")
		}
	}
	ascii := strings.Join(labels, ".")
	if len(ascii) > 253+1 {
		return "", errors.New("is longer than 253 bytes")
	}
	return ascii, nil
}

// The parameters of RFC 3492, Section 5.
const (
	base, tMin, tMax  = 36, 1, 26
	skew, damp        = 38, 700
	startBias, startN = 72, 128
)

// punycode is RFC 3492, Section 6.3. A label is short: nothing overflows.
func punycode(label string) string {
	var out []byte
	for _, r := range label {
		if r < 0x80 {
			out = append(out, byte(r))
		}
	}
	done := len(out)
	if done > 0 {
		out = append(out, '-')
	}
	basic := done
	n, delta, bias := rune(startN), 0, startBias
	for done < utf8.RuneCountInString(label) {
		next := rune(utf8.MaxRune)
		for _, r := range label {
			if r >= n {
				next = min(next, r)
			}
		}
		delta += int(next-n) * (done + 1)
		n = next
		for _, r := range label {
			if r < n {
				delta++
			}
			if r == n {
				out = append(out, digits(delta, bias)...)
				bias = adapt(delta, done+1, done == basic)
				delta = 0
				done++
			}
		}
		delta++
		n++
	}
	return string(out)
}

// digits is a generalized variable-length integer.
func digits(q, bias int) (out []byte) {
	for k := base; ; k += base {
		t := min(max(k-bias, tMin), tMax)
		if q < t {
			return append(out, digit(q))
		}
		out = append(out, digit(t+(q-t)%(base-t)))
		q = (q - t) / (base - t)
	}
}

func digit(d int) byte { return "abcdefghijklmnopqrstuvwxyz0123456789"[d] }

func adapt(delta, points int, first bool) int {
	if first {
		delta /= damp
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for delta > (base-tMin)*tMax/2 {
		delta /= base - tMin
		k += base
	}
	return k + (base-tMin+1)*delta/(delta+skew)
}
