package report

import (
	"slices"
	"strings"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/registry"
)

// Visit is what a server knows of a connection: tlsprobe.visit/1.
type Visit struct {
	Schema   string    `json:"schema"`
	Tool     Tool      `json:"tool"`
	Offer    Offer     `json:"offer"`
	Result   Result    `json:"result"`
	Judgment Judgment  `json:"judgment"`
	Messages []Message `json:"messages"`
	Bytes    Bytes     `json:"bytes"`
}

// Message is one message that went over the wire.
type Message struct {
	Dir    string `json:"dir"`  // c2s or s2c
	Type   *int   `json:"type"` // HandshakeType, null for what is no handshake message
	Name   string `json:"name"`
	Epoch  string `json:"epoch"`
	Length int    `json:"length"`
}

// Offer is what a ClientHello offers, in the client's order.
type Offer struct {
	ServerName *string          `json:"server_name"`
	ALPN       []string         `json:"alpn"`
	Versions   []*registry.Code `json:"versions"`
	Suites     []*registry.Code `json:"suites"`
	Groups     []*registry.Code `json:"groups"`
	KeyShares  []*registry.Code `json:"key_shares"`
	Signatures []*registry.Code `json:"signature_algorithms"`
	Extensions []*registry.Code `json:"extensions"`
	Length     int              `json:"length"` // of the ClientHello in bytes
}

// Judgment is what an offer is worth.
type Judgment struct {
	TLS13       bool     `json:"tls13"`
	PostQuantum bool     `json:"post_quantum"` // with a key share: without a further round trip
	GREASE      bool     `json:"grease"`
	ECH         bool     `json:"ech"` // offered, perhaps as GREASE
	Weak        []string `json:"weak"`
}

// extECH is encrypted_client_hello.
const extECH = 0xfe0d

// OfferOf describes a ClientHello.
func OfferOf(info *handshake.ClientHelloInfo) (o Offer, j Judgment) {
	o = Offer{
		ALPN: slices.Clone(info.ALPN), Versions: registry.CodesOf(registry.Versions, info.Versions), Suites: registry.CodesOf(registry.CipherSuites, info.Suites),
		Groups: registry.CodesOf(registry.Groups, info.Groups), KeyShares: registry.CodesOf(registry.Groups, info.KeyShares),
		Signatures: registry.CodesOf(registry.SignatureSchemes, info.Signatures), Length: len(info.Raw), Extensions: []*registry.Code{},
	}
	if o.ALPN == nil {
		o.ALPN = []string{}
	}
	if info.ServerName != "" {
		o.ServerName = &info.ServerName
	}
	if _, body, err := handshake.SplitMessage(info.Raw); err == nil {
		if ch, err := handshake.ParseClientHello(body); err == nil {
			for t := range ch.Extensions.All() {
				o.Extensions = append(o.Extensions, registry.CodeOf(registry.Extensions, t))
				j.ECH = j.ECH || t == extECH
				j.GREASE = j.GREASE || registry.IsGREASE(uint16(t))
			}
		}
	}
	j.judge(info, &o)
	return o, j
}

func (j *Judgment) judge(info *handshake.ClientHelloInfo, o *Offer) {
	j.TLS13 = slices.Contains(info.Versions, tlsengine.VersionTLS13)
	for _, g := range o.KeyShares {
		j.PostQuantum = j.PostQuantum || Quantum(g) != classical
	}
	j.Weak = []string{}
	for _, id := range info.Suites {
		parts, ok := registry.PartsOf(uint16(id))
		j.GREASE = j.GREASE || registry.IsGREASE(uint16(id))
		if ok && !parts.Signaling && (parts.Bits < 112 || parts.Export || parts.Authentication == "anon" || strings.HasPrefix(parts.Cipher, "RC4") || strings.HasPrefix(parts.Cipher, "3DES")) {
			j.Weak = append(j.Weak, registry.CodeOf(registry.CipherSuites, id).String())
		}
	}
}

// Rows are the offer and its judgment as lines.
func (v *Visit) Rows() string {
	var rows Rows
	o := &v.Offer
	name := "none"
	if o.ServerName != nil {
		name = text.Clean(*o.ServerName)
	}
	rows.Add("server name", name, "", "")
	rows.Add("ALPN", text.Clean(strings.Join(o.ALPN, " ")), "", "")
	rows.Add("versions", registry.Words(o.Versions), "", "")
	rows.Add("key shares", registry.Words(o.KeyShares), "", "")
	rows.Add("groups", registry.Words(o.Groups), "", "")
	rows.Add("suites", registry.Words(o.Suites), "", "")
	rows.Add("signatures", registry.Words(o.Signatures), "", "")
	rows.Add("extensions", registry.Words(o.Extensions), "", "")
	rows.Add("size", text.Plural(o.Length, "byte"), "", "")
	j := &v.Judgment
	rows.Add("TLS 1.3", yes(j.TLS13), "", "")
	rows.Add("post-quantum", yes(j.PostQuantum), "", "")
	rows.Add("GREASE", yes(j.GREASE), "", "")
	rows.Add("ECH", yes(j.ECH), "", "")
	if len(j.Weak) > 0 {
		rows.Add("weak suites", strings.Join(j.Weak, " "), "", "")
	}
	return rows.String()
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
