package trace

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/tlsengine/tlsengine/dissect"
	"github.com/tlsengine/tlsengine/internal/registry"
)

// This file has the words that text and page share.

// numberedKinds are the kinds whose names are printed with their numbers.
var numberedKinds = map[dissect.Kind]bool{
	"rec.type": true, "hs.type": true, "inner.type": true, "ext.type": true, "alert.level": true, "alert.description": true,
}

// describe is what a field says, in a few words: its value, or how long it is.
// Everything in it is escaped. in is the message around it, or nil.
func describe(f *dissect.Field, in *Message) string {
	v := escape(f.Value.String())
	info := f.Kind.Info()
	switch {
	case f.Kind == dissect.Unparsed:
		return byteCount(f.Len) + ": " + escape(f.Reason)
	case f.Value.Form == dissect.NoValue:
		v = byteCount(f.Len)
		if info.Note != "" && !strings.HasPrefix(info.Note, ";") && newHello(in) {
			return info.Note
		}
	case f.Value.Form == dissect.Text && !strings.HasPrefix(string(f.Kind), "der.") && strings.Contains(string(f.Kind), "name"):
		v = `"` + v + `"`
	case f.Value.Form == dissect.Code && f.Value.Text != "" && numberedKinds[f.Kind]:
		v = fmt.Sprintf("%s (%d)", v, f.Value.Num)
	case strings.HasSuffix(string(f.Kind), "compression_method") && f.Value.Num == 0:
		v = "none"
	}
	if strings.HasPrefix(info.Note, ",") || strings.HasPrefix(info.Note, ";") && newHello(in) {
		v += info.Note
	}
	return v
}

// newHello reports whether a message is a hello that says TLS 1.3 in an
// extension.
func newHello(m *Message) bool {
	if m == nil {
		return false
	}
	tree := dissect.Field{Fields: m.Fields}
	return tree.Find("extensions.supported_versions") != nil
}

func byteCount(n int) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}

// brief is the start and the end of a value in hex.
func brief(b []byte) string {
	if b == nil {
		return "(redacted)"
	}
	if len(b) <= 16 {
		return hex.EncodeToString(b)
	}
	return hex.EncodeToString(b[:6]) + "…" + hex.EncodeToString(b[len(b)-4:])
}

// labels of secrets by id; a number behind the id is a number behind the label.
var secretLabels = map[string]string{
	zero: "0", "early": "early secret", "handshake": "handshake secret", "main": "main secret", "derived_1": "derived", "derived_2": "derived",
	"c_e": "c e traffic", "e_exp": "e exp master", "c_hs": "c hs traffic", "s_hs": "s hs traffic", "exp": "exp master", "res": "res master",
	"binder": "binder key", "key_block": "key block", "ticket_psk": "ticket's PSK",
}

// secretLabel names a secret for a reader.
func secretLabel(id string) string {
	if l, ok := secretLabels[id]; ok {
		return l
	}
	base, part, dotted := strings.Cut(id, ".")
	if dotted {
		who := secretLabel(base)
		switch base {
		case "c":
			who = "client"
		case "s":
			who = "server"
		}
		if part == "finished" {
			who = strings.TrimSuffix(who, " traffic")
		}
		return who + " " + part
	}
	if i := strings.LastIndexByte(id, '_'); i > 0 {
		switch word, n := id[:i], id[i+1:]; word {
		case "c_ap", "s_ap":
			return word[:1] + " ap traffic " + n
		case "shared":
			return "shared secret"
		case "psk":
			return "PSK " + n
		default:
			if l, ok := secretLabels[word]; ok {
				return l + " " + n
			}
		}
	}
	return escape(id)
}

// whose names the side that a secret protects the records of.
func whose(id string) string {
	if strings.HasPrefix(id, "s") {
		return "server"
	}
	return "client"
}

// formula is how a secret is computed, with the labels of its inputs.
func formula(c *Connection, s *Secret) string {
	switch s.Op {
	case OpGiven:
		return "given"
	case OpKeyLog:
		return "from the key log, " + escape(s.KeyLog)
	case OpExtract:
		return fmt.Sprintf("HKDF-Extract(salt %s, ikm %s)", secretLabel(s.Salt), secretLabel(s.IKM))
	case OpExpandLabel:
		return fmt.Sprintf("Expand-Label(%s, %s, %s)", secretLabel(s.Secret), quote(s.Label), contextWords(s))
	case OpPRF:
		return fmt.Sprintf("PRF(%s, %s, %s)", secretLabel(s.Secret), quote(s.Label), contextWords(s))
	case OpSlice:
		return fmt.Sprintf("%s[%d:%d]", secretLabel(s.Secret), s.Off, s.Off+s.Len)
	}
	return escape(s.Op)
}

// contextWords names the context of a secret.
func contextWords(s *Secret) string {
	switch {
	case s.Context == nil || len(s.Context.Hash) == 0:
		return `""`
	case s.Context.TranscriptAfter != nil:
		return "transcript"
	case s.Label == "derived":
		return "Hash(\"\")"
	case s.Label == "key expansion":
		return "server random ‖ client random"
	}
	return brief(s.Context.Hash)
}

// exchangeFormula is how a shared secret is computed.
func exchangeFormula(c *Connection, k *KeyExchange) string {
	ours, theirs := "client", "server"
	if sent := anywhere(c, k.Ours.Public); c.Role == "server" || c.Role == "observer" && sent != nil && sent.Dir == S2C {
		ours, theirs = theirs, ours
	}
	return fmt.Sprintf("%s(%s private, %s public)", registry.Groups.Label(uint32(k.Group)), ours, theirs)
}

// dirWords are the words for a direction.
func dirWords(dir string) (from, to string) {
	if dir == S2C {
		return "server", "client"
	}
	return "client", "server"
}

// recordWords say what a record is, outside and inside.
func recordWords(r *Record) string {
	outer := escape(registry.ContentTypes.Label(uint32(r.Type)))
	switch {
	case !r.Protected:
		return outer + ", in clear"
	case r.Inner == nil:
		return outer + ", not opened"
	case r.Inner.Type == r.Type:
		return outer + ", encrypted"
	}
	return outer + " outside, " + escape(registry.ContentTypes.Label(uint32(r.Inner.Type))) + " inside"
}

// transcriptWords are the messages up to one, as the argument of the hash.
func transcriptWords(c *Connection, id int) string {
	var names []string
	for i := id; i >= 0; i-- {
		if c.Messages[i].Transcript == nil {
			continue
		}
		names = append(names, c.Messages[i].Name)
		if c.Messages[i].Type == msgMessageHash {
			break
		}
	}
	switch n := len(names); {
	case n == 0:
		return ""
	case n <= 2:
		var s string
		for i := n - 1; i >= 0; i-- {
			s += "‖" + names[i]
		}
		return strings.TrimPrefix(s, "‖")
	default:
		return names[n-1] + " … " + names[0]
	}
}

// keysTitle names a block of secrets that came together.
func keysTitle(ids []string) string {
	for _, title := range []struct {
		words string
		is    func(id string) bool
	}{
		{"handshake traffic", func(id string) bool { return strings.HasSuffix(id, "_hs") || id == "handshake" }},
		{"application traffic", func(id string) bool { return strings.HasSuffix(id, "_ap_0") }},
		{"key update", func(id string) bool { return strings.Contains(id, "_ap_") }},
		{"early traffic", func(id string) bool { return id == "c_e" }},
		{"main secret and keys", func(id string) bool { return id == "main" || id == "key_block" }},
		{"resumption secret", func(id string) bool { return id == "res" }},
		{"PSK of a ticket", func(id string) bool { return strings.HasPrefix(id, "ticket") }},
		{"verify data", func(id string) bool { return strings.HasSuffix(id, "_finished") }},
		{"early secret", func(id string) bool { return strings.HasPrefix(id, "early") || strings.HasPrefix(id, "binder") }},
	} {
		if slices.ContainsFunc(ids, title.is) {
			return title.words
		}
	}
	return "secrets"
}

// keysMeaning says what a block of secrets of that title is for.
func keysMeaning(title string) string {
	return map[string]string{
		"handshake traffic":    "Both sides know the shared secret now. From it, and from the two hellos, they compute the keys that protect the rest of the handshake.",
		"application traffic":  "The keys of application data. They depend on the whole handshake up to the server's Finished.",
		"key update":           "One side goes on to its next key, from which the old one cannot be computed.",
		"early traffic":        "The key of the data that the client sends before the server has answered. It comes from the PSK alone, so this data can be replayed.",
		"main secret and keys": "From what the key exchange gave both sides compute one main secret, or have it from the session that they resume. From that they compute a block of bytes, which they cut into keys.",
		"resumption secret":    "Of this and the nonce in a ticket comes the PSK that a later connection can start with.",
		"PSK of a ticket":      "A later connection can start with this: the client shows the ticket, and both sides know the PSK that belongs to it.",
		"verify data":          "What a Finished message says: proof that its sender has the main secret and saw the same handshake.",
		"early secret":         "The key schedule starts with the PSK of an earlier connection, or with zeros.",
	}[title]
}

// secretMeanings say what a secret is for, by its id.
var secretMeanings = map[string]string{
	"early":     "the start of the key schedule: of the PSK, or of zeros where there is none",
	"derived_1": "a step in between, so that no two stages share a value",
	"derived_2": "a step in between, so that no two stages share a value",
	"handshake": "of it come the keys of the handshake",
	"main":      "of it comes all that protects application data",
	"c_e":       "protects the client's early data",
	"e_exp":     "for the application, before the handshake is done",
	"c_hs":      "protects what the client sends during the handshake",
	"s_hs":      "protects what the server sends during the handshake",
	"c_ap":      "protects the client's application data",
	"s_ap":      "protects the server's application data",
	"exp":       "for the application: other keys can be made of it",
	"res":       "of it come the PSKs of tickets",
	"binder":    "proves in the ClientHello that the client has the PSK",
	"key_block": "is cut into the keys of both directions",
}

// secretMeaning says what a secret is for, or "".
func secretMeaning(id string) string {
	if m, ok := secretMeanings[id]; ok {
		return m
	}
	base, _, numbered := strings.Cut(id, "_ap_")
	if numbered && !strings.Contains(id, ".") {
		return secretMeanings[base+"_ap"]
	}
	return ""
}
