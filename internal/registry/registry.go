package registry

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Entry is one code point.
type Entry struct {
	ID      uint32
	Name    string // IANA's, or the one most in use where IANA has none
	OpenSSL string // OpenSSL's name, where it differs
	GnuTLS  string // GnuTLS's name, where it differs
	Ref     string // the document that defines it: "RFC 9846", a draft's name, …
}

// Table is one registry: code points of one kind, in order of their numbers.
type Table struct {
	Key     string // one word, as "suite": how `tlsprobe explain` calls the kind
	Title   string // as IANA titles the registry
	Width   int    // bytes of a code point on the wire: 1, 2 or 3
	grease  bool   // whether RFC 8701 reserves values in it
	entries []Entry
}

// Tables returns every table.
func Tables() []*Table {
	return []*Table{
		CipherSuites, Groups, SignatureSchemes, Extensions, Alerts, Versions, ContentTypes, HandshakeTypes,
		AlertLevels, CompressionMethods, PointFormats, CurveTypes, CertificateTypes, ClientCertificateTypes, StatusTypes,
		NameTypes, PSKModes, KeyUpdateRequests, MaxFragmentLengths, CertificateCompressions, HeartbeatModes, SRTPProfiles,
		HashAlgorithms, SignatureAlgorithms, TransportParameters, HPKEKEMs, HPKEKDFs, HPKEAEADs, SSL2Ciphers, SSL2Messages,
	}
}

// TableOf returns the table with that Key, or nil.
func TableOf(key string) *Table {
	for _, t := range Tables() {
		if t.Key == key {
			return t
		}
	}
	return nil
}

// Entries returns all entries, in order of their numbers, in a fresh slice.
func (t *Table) Entries() []Entry { return slices.Clone(t.entries) }

// Lookup finds the entry of a code point. Where RFC 8701 reserves the number,
// that is an entry too.
func (t *Table) Lookup(id uint32) (Entry, bool) {
	i, ok := slices.BinarySearchFunc(t.entries, id, func(e Entry, id uint32) int { return int(e.ID) - int(id) })
	if ok {
		return t.entries[i], true
	}
	if t.grease && IsGREASE(uint16(id)) && id <= 0xffff {
		return Entry{ID: id, Name: "GREASE_" + fmt.Sprintf("%04X", id), Ref: "RFC 8701"}, true
	}
	return Entry{}, false
}

// Name is the name of a code point, or "" if it has none.
func (t *Table) Name(id uint32) string {
	e, _ := t.Lookup(id)
	return e.Name
}

// Label is the name of a code point, or its number in hex if it has none.
func (t *Table) Label(id uint32) string {
	if name := t.Name(id); name != "" {
		return name
	}
	return t.Hex(id)
}

// Hex is the number as it is written in this registry: 0x1301, or 0x28.
func (t *Table) Hex(id uint32) string { return fmt.Sprintf("0x%0*x", 2*t.Width, id) }

// Find finds an entry by IANA's, OpenSSL's or GnuTLS's name, in any case, or
// by its number, "0x1301", "13,01" or "4865". A number that nobody has named
// is found as an Entry without a name.
func (t *Table) Find(name string) (Entry, bool) {
	name = strings.TrimSpace(name)
	for _, e := range t.entries {
		if e.is(name) {
			return e, true
		}
	}
	for _, old := range aliases(name) {
		for _, e := range t.entries {
			if e.is(old) {
				return e, true
			}
		}
	}
	id, ok := t.number(name)
	if !ok {
		return Entry{}, false
	}
	if e, ok := t.Lookup(id); ok {
		return e, true
	}
	return Entry{ID: id}, true
}

// is reports whether the entry has that name.
func (e *Entry) is(name string) bool {
	return name != "" && (strings.EqualFold(e.Name, name) || strings.EqualFold(e.OpenSSL, name) || strings.EqualFold(e.GnuTLS, name))
}

// aliases gives today's spellings of a name: OpenSSL wrote EDH for DHE until
// 1.1, GnuTLS writes GROUP-, SIGN- and VERS- in front, many write P-256, and ServerHello
// is how a message is called where it is not a number.
func aliases(name string) []string {
	upper := strings.ToUpper(name)
	switch {
	case strings.HasPrefix(upper, "EDH-"), strings.HasPrefix(upper, "EXP-EDH-"):
		return []string{strings.Replace(upper, "EDH-", "DHE-", 1)}
	case strings.HasPrefix(upper, "GROUP-"):
		return []string{name[len("GROUP-"):]}
	case strings.HasPrefix(upper, "SIGN-"):
		bare := name[len("SIGN-"):]
		return []string{bare, strings.Replace(bare, "-", "+", 1)} // SIGN-ECDSA-SHA256 does not say the curve
	case strings.HasPrefix(upper, "VERS-"):
		bare := upper[len("VERS-"):]
		at := strings.IndexAny(bare, "0123456789")
		if at < 0 {
			return nil
		}
		return []string{bare[:at] + " " + bare[at:]}
	case strings.HasPrefix(upper, "P-"):
		return []string{"secp" + upper[2:] + "r1"}
	case strings.HasPrefix(upper, "RSA_PSS_SHA"), strings.HasPrefix(upper, "RSA-PSS-SHA"):
		return []string{"rsa_pss_rsae_" + upper[len("RSA_PSS_"):]}
	}
	if snake := snakeCase(name); snake != name {
		return []string{snake}
	}
	return nil
}

// snakeCase is ServerHello as server_hello.
func snakeCase(name string) string {
	var out strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) {
			if i > 0 && unicode.IsLower(rune(name[i-1])) {
				out.WriteByte('_')
			}
			r = unicode.ToLower(r)
		}
		out.WriteRune(r)
	}
	return out.String()
}

// number reads a code point written as a number that fits the registry.
func (t *Table) number(s string) (uint32, bool) {
	s = strings.ToLower(s)
	if hi, lo, ok := strings.Cut(s, ","); ok {
		hi, lo = strings.TrimPrefix(strings.TrimSpace(hi), "0x"), strings.TrimPrefix(strings.TrimSpace(lo), "0x")
		if len(hi) != 2 || len(lo) != 2 {
			return 0, false
		}
		s = "0x" + hi + lo
	}
	base := 10
	if strings.HasPrefix(s, "0x") {
		s, base = s[2:], 16
	}
	n, err := strconv.ParseUint(s, base, 8*t.Width)
	return uint32(n), err == nil
}

// IsGREASE reports whether RFC 8701, Section 2 reserves the number: cipher
// suites, extensions, groups, signature schemes and versions 0x?A?A with equal
// bytes.
func IsGREASE(id uint16) bool { return id&0x0f0f == 0x0a0a && id>>8 == id&0xff }
