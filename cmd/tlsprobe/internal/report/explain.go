package report

import (
	"fmt"
	"strings"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/dissect"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/registry"
	"github.com/tlsengine/tlsengine/signature"
)

// Explain is what the dictionary has for a word: tlsprobe.explain/1.
type Explain struct {
	Schema  string  `json:"schema"`
	Tool    Tool    `json:"tool"`
	Word    string  `json:"word"`
	Entries []Entry `json:"entries"`
}

// Entry is one code point.
type Entry struct {
	Kind      string  `json:"kind"`
	Registry  string  `json:"registry"`
	ID        uint32  `json:"id"`
	Hex       string  `json:"hex"`
	Name      *string `json:"name"`
	OpenSSL   *string `json:"openssl"`
	GnuTLS    *string `json:"gnutls"`
	Reference *string `json:"reference"`
	Meaning   *string `json:"meaning"`
	Suite     *Suite  `json:"suite,omitempty"`
	Spoken    *bool   `json:"spoken,omitempty"` // by this engine
}

// Suite is what the name of a cipher suite says.
type Suite struct {
	KeyExchange    string `json:"key_exchange"`
	Authentication string `json:"authentication"`
	Cipher         string `json:"cipher"`
	Hash           string `json:"hash"`
	Strength       int    `json:"strength_bits"`
	AEAD           bool   `json:"aead"`
	ForwardSecret  bool   `json:"forward_secret"`
}

// Dissect is bytes, taken apart: tlsprobe.dissect/1.
type Dissect struct {
	Schema string        `json:"schema"`
	Tool   Tool          `json:"tool"`
	Length int           `json:"length"`
	Field  dissect.Field `json:"field"`
}

// EntryOf describes a code point.
func EntryOf(t *registry.Table, e registry.Entry) Entry {
	out := Entry{Kind: t.Key, Registry: t.Title, ID: e.ID, Hex: t.Hex(e.ID), Name: some(e.Name), OpenSSL: some(e.OpenSSL), GnuTLS: some(e.GnuTLS), Reference: some(e.Ref)}
	known := false
	switch t {
	case registry.CipherSuites:
		known = cipher.Lookup(cipher.ID(e.ID)) != nil
		if p, ok := registry.PartsOf(uint16(e.ID)); ok && !p.Signaling {
			out.Suite = &Suite{p.KeyExchange, p.Authentication, p.Cipher, p.Hash, p.Bits, p.AEAD, p.ForwardSecret()}
		}
	case registry.Groups:
		known = group.Lookup(group.ID(e.ID)) != nil
	case registry.SignatureSchemes:
		known = signature.Lookup(signature.Scheme(e.ID)) != nil
	case registry.Extensions:
		out.Meaning = meaning("ext." + e.Name)
		return out
	case registry.HandshakeTypes:
		out.Meaning = meaning("msg." + e.Name)
		return out
	case registry.Alerts:
		out.Meaning = some(alertMeanings[e.Name])
		return out
	default:
		return out
	}
	out.Spoken = &known
	return out
}

func some(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// meaning is the sentence that the dissector has for a kind.
func meaning(kind string) *string { return some(dissect.Kind(kind).Info().Meaning) }

// Text is the answer for people.
func (x *Explain) Text(s text.Style) string {
	var b strings.Builder
	for i := range x.Entries {
		if i > 0 {
			b.WriteString("\n")
		}
		x.Entries[i].text(&b, s)
	}
	return b.String()
}

func (e *Entry) text(b *strings.Builder, s text.Style) {
	name := "unassigned"
	if e.Name != nil {
		name = *e.Name
	}
	fmt.Fprintf(b, "%s  %s (%d)  %s\n", s.Bold(name), e.Hex, e.ID, e.Registry)
	line := func(label string, value *string) {
		if value != nil {
			fmt.Fprintf(b, "  %-14s  %s\n", label, *value)
		}
	}
	line("meaning", e.Meaning)
	line("OpenSSL", e.OpenSSL)
	line("GnuTLS", e.GnuTLS)
	line("defined in", e.Reference)
	if p := e.Suite; p != nil {
		if p.KeyExchange != "" {
			line("key exchange", some(p.KeyExchange+", authenticated by "+p.Authentication))
		}
		line("cipher", some(fmt.Sprintf("%s, %d bits%s", p.Cipher, p.Strength, map[bool]string{true: ", AEAD"}[p.AEAD])))
		line("hash", some(p.Hash))
		line("forward secret", some(yes(p.ForwardSecret)))
	}
	if e.Kind == "group" && e.Name != nil {
		line("quantum", some(Quantum(&registry.Code{ID: e.ID, Hex: e.Hex, Name: e.Name})))
	}
	if e.Spoken != nil {
		line("spoken here", some(yes(*e.Spoken)))
	}
}

// alertMeanings say what an alert is about, in a few words of our own.
var alertMeanings = map[string]string{
	"close_notify":                    "The sender will send no more data. Not an error.",
	"unexpected_message":              "A message came that has no place here.",
	"bad_record_mac":                  "A record did not decrypt: damaged, tampered with, or under other keys.",
	"record_overflow":                 "A record was longer than allowed.",
	"handshake_failure":               "No common ground: versions, suites, groups, signatures, or a missing certificate.",
	"bad_certificate":                 "A certificate is damaged, or its signature is wrong.",
	"unsupported_certificate":         "A certificate of a kind that is not supported.",
	"certificate_revoked":             "The issuer took the certificate back.",
	"certificate_expired":             "The certificate is not valid at this time.",
	"certificate_unknown":             "Something else is wrong with the certificate.",
	"illegal_parameter":               "A field holds a value that does not fit the others.",
	"unknown_ca":                      "No path from the certificate to an issuer that is trusted.",
	"access_denied":                   "The certificate is good, and access is refused all the same.",
	"decode_error":                    "A message does not parse.",
	"decrypt_error":                   "A signature, a Finished message or a PSK binder is wrong.",
	"protocol_version":                "The version is known and not supported.",
	"insufficient_security":           "The suites are too weak for the server.",
	"internal_error":                  "The sender failed, whatever the peer did.",
	"inappropriate_fallback":          "The client came back with an older version, though the server has a newer one.",
	"user_canceled":                   "The handshake is given up for a reason outside of the protocol.",
	"no_renegotiation":                "The sender does not shake hands anew (TLS 1.2).",
	"missing_extension":               "An extension that must be there is not.",
	"unsupported_extension":           "An extension that was not asked for.",
	"unrecognized_name":               "The server has no host of that name.",
	"bad_certificate_status_response": "The stapled OCSP response is not good.",
	"unknown_psk_identity":            "The server does not know the pre-shared key.",
	"certificate_required":            "The server wants a client certificate, and got none.",
	"no_application_protocol":         "No common application protocol (ALPN).",
	"ech_required":                    "The client insists on Encrypted Client Hello.",
}
