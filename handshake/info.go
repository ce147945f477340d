package handshake

import (
	"slices"

	"github.com/tlsengine/tlsengine/group"
)

// info is what the application may know of a ClientHello before it chooses a
// Config. What does not parse here is refused when it is used.
func (r *received) info() ClientHelloInfo {
	x := r.hello.Extensions
	out := ClientHelloInfo{
		ServerName: r.sni,
		Versions:   []Version{min(r.hello.LegacyVersion, VersionTLS12)},
		Suites:     r.hello.CipherSuites.Slice(),
		Groups:     slices.Clone(r.groups),
		Signatures: slices.Clone(r.schemes),
		Raw:        slices.Clone(r.raw),
	}
	if data, ok := x.Get(ExtSupportedVersions); ok {
		if list, err := ParseSupportedVersionsCH(data); err == nil {
			out.Versions = list.Slice()
		}
	}
	if data, ok := x.Get(ExtApplicationLayerProtocolNegotiation); ok {
		if list, err := ParseALPN(data); err == nil {
			for name := range list.All() {
				out.ALPN = append(out.ALPN, string(name))
			}
		}
	}
	out.KeyShares = r.shareGroups()
	if data, ok := x.Get(ExtQUICTransportParameters); ok {
		out.Parameters = append([]byte{}, data...)
	}
	return out
}

func (r *received) shareGroups() (out []group.ID) {
	if data, ok := r.hello.Extensions.Get(ExtKeyShare); ok {
		if shares, err := ParseKeyShareCH(data); err == nil {
			for share := range shares.All() {
				out = append(out, share.Group)
			}
		}
	}
	return out
}
