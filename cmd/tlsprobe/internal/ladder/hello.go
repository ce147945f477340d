package ladder

import (
	"slices"
	"strings"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/registry"
)

// clientHello says what is offered.
func clientHello(body []byte) []string {
	ch, err := handshake.ParseClientHello(body)
	if err != nil {
		return nil
	}
	x := ch.Extensions
	first := []string{versions(ch), text.Plural(ch.CipherSuites.Len(), "suite")}
	if data, ok := x.Get(handshake.ExtServerName); ok {
		if name, err := handshake.ParseServerName(data); err == nil {
			first = append(first, "SNI "+text.Bytes(name, shown))
		}
	}
	if data, ok := x.Get(handshake.ExtApplicationLayerProtocolNegotiation); ok {
		first = append(first, "ALPN "+alpn(data))
	}
	return lines(strings.Join(first, " · "), keyShares(x), resumption(x))
}

// lines are those that say something.
func lines(all ...string) []string {
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

func versions(ch handshake.ClientHello) string {
	list := []handshake.Version{ch.LegacyVersion}
	if data, ok := ch.Extensions.Get(handshake.ExtSupportedVersions); ok {
		if l, err := handshake.ParseSupportedVersionsCH(data); err == nil {
			list = l.Slice()
		}
	}
	words := make([]string, 0, len(list))
	for _, v := range list {
		words = append(words, registry.CodeOf(registry.Versions, v).String())
	}
	return strings.Join(words, ", ")
}

func alpn(data []byte) string {
	list, err := handshake.ParseALPN(data)
	if err != nil {
		return "malformed"
	}
	var words []string
	for name := range list.All() {
		words = append(words, text.Bytes(name, shown))
	}
	return strings.Join(words, ", ")
}

func keyShares(x handshake.Extensions) string {
	data, ok := x.Get(handshake.ExtKeyShare)
	if !ok {
		return ""
	}
	list, err := handshake.ParseKeyShareCH(data)
	if err != nil {
		return ""
	}
	var ids []group.ID
	for share := range list.All() {
		ids = append(ids, share.Group)
	}
	if len(ids) == 0 {
		return "no key shares"
	}
	return "key shares " + registry.Words(registry.CodesOf(registry.Groups, ids))
}

func resumption(x handshake.Extensions) string {
	var words []string
	if data, ok := x.Get(handshake.ExtSessionTicket); ok && len(data) > 0 {
		words = append(words, "a ticket")
	}
	if x.Has(handshake.ExtPreSharedKey) {
		words = append(words, "a ticket as PSK")
	}
	if x.Has(handshake.ExtEarlyData) {
		words = append(words, "early data follows")
	}
	if x.Has(handshake.ExtCookie) {
		words = append(words, "the server's cookie")
	}
	return strings.Join(words, ", ")
}

// serverHello says what was chosen.
func (r *Reader) serverHello(body []byte) []string {
	sh, err := handshake.ParseServerHello(body)
	if err != nil {
		return nil
	}
	x := sh.Extensions
	r.version = sh.LegacyVersion
	if data, ok := x.Get(handshake.ExtSupportedVersions); ok {
		r.version, _ = handshake.ParseSupportedVersionsSH(data)
	}
	line := registry.CodeOf(registry.Versions, r.version).String() + " · " + registry.CodeOf(registry.CipherSuites, sh.CipherSuite).String()
	if !sh.IsHelloRetryRequest() {
		return lines(line, serverChoice(x))
	}
	if data, ok := x.Get(handshake.ExtKeyShare); ok {
		if id, err := handshake.ParseKeyShareHRR(data); err == nil {
			return []string{line, "wants a key share of " + registry.CodeOf(registry.Groups, id).String()}
		}
	}
	return []string{line}
}

func serverChoice(x handshake.Extensions) string {
	var words []string
	if data, ok := x.Get(handshake.ExtKeyShare); ok {
		if share, err := handshake.ParseKeyShareSH(data); err == nil {
			words = append(words, "key share "+registry.CodeOf(registry.Groups, share.Group).String())
		}
	}
	if x.Has(handshake.ExtPreSharedKey) {
		words = append(words, "resumes")
	}
	if data, ok := x.Get(handshake.ExtApplicationLayerProtocolNegotiation); ok {
		words = append(words, "ALPN "+alpn(data))
	}
	if x.Has(handshake.ExtSessionTicket) {
		words = append(words, "a ticket follows")
	}
	return strings.Join(words, " · ")
}

func encryptedExtensions(body []byte) []string {
	ee, err := handshake.ParseEncryptedExtensions(body)
	if err != nil {
		return nil
	}
	var words []string
	if data, ok := ee.Extensions.Get(handshake.ExtApplicationLayerProtocolNegotiation); ok {
		words = append(words, "ALPN "+alpn(data))
	}
	if ee.Extensions.Has(handshake.ExtEarlyData) {
		words = append(words, "early data accepted")
	}
	return []string{strings.Join(words, " · ")}
}
