package handshake

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/alert"
)

// legal13 is the table of RFC 9846, Section 4.3, copied as it stands there.
var legal13 = map[ExtensionType]string{
	0: "CH, EE, CR", 5: "CH, CR, CT", 10: "CH, EE", 13: "CH, CR", 14: "CH, EE", 15: "CH, EE", 16: "CH, EE",
	19: "CH, EE", 20: "CH, EE", 21: "CH", 27: "CH, CR", 28: "CH, EE", 34: "CH, CR, CT", 39: "CH, EE",
	41: "CH, SH", 42: "CH, EE, NST", 43: "CH, SH, HRR", 44: "CH, HRR", 45: "CH", 47: "CH, CR", 48: "CR",
	49: "CH", 50: "CH, CR", 51: "CH, SH, HRR", 52: "CH, CR, CT", 55: "CH, EE", 56: "CH, EE", 57: "CH, EE",
	58: "CH, EE", 64768: "CH", 65037: "CH, HRR, EE",
}

// legacy13 are known extensions which that table does not have: those of the
// registry that are not recommended, and those that TLS 1.3 has no use for but
// that stand in a ClientHello for both versions.
var legacy13 = map[ExtensionType]string{
	1: "CH, EE", 11: "CH", 17: "CH", 18: "CH, CR, CT", 22: "CH", 23: "CH", 24: "CH", 35: "CH", 65281: "CH",
}

var places13 = []struct {
	name string
	in   Place
}{{"CH", InCH}, {"SH", InSH}, {"HRR", InHRR}, {"EE", InEE}, {"CR", InCR}, {"CT", InCT}, {"NST", InNST}}

func TestExtensionsStandWhereTheRFCSays(t *testing.T) {
	for n := range 1 << 16 {
		typ := ExtensionType(n)
		row, ok := legal13[typ]
		if !ok {
			row, ok = legacy13[typ]
		}
		require.Equal(t, ok, typ.Known(), "%v is known", typ)
		if !ok {
			require.True(t, typ.LegalIn(InCT) && typ.LegalIn(InSH12), "%v is unknown, and for others to judge", typ)
			continue
		}
		for _, p := range places13 {
			require.Equal(t, hasWord(row, p.name), typ.LegalIn(p.in), "%v in %v", typ, p.in)
		}
	}
}

func hasWord(row, word string) bool {
	for w := range fields(row) {
		if w == word {
			return true
		}
	}
	return false
}

func TestTLS13ExtensionsHaveNoPlaceInATLS12ServerHello(t *testing.T) {
	for _, typ := range []ExtensionType{
		ExtSupportedVersions, ExtKeyShare, ExtPreSharedKey, ExtEarlyData, ExtCookie, ExtPSKKeyExchangeModes,
		ExtSignatureAlgorithms, ExtSignatureAlgorithmsCert, ExtCertificateAuthorities, ExtPostHandshakeAuth,
		ExtQUICTransportParameters, ExtPadding, ExtOIDFilters, ExtEncryptedClientHello,
	} {
		require.False(t, typ.LegalIn(InSH12), "%v", typ)
	}
	for _, typ := range []ExtensionType{
		ExtServerName, ExtECPointFormats, ExtApplicationLayerProtocolNegotiation, ExtExtendedMainSecret,
		ExtSessionTicket, ExtRenegotiationInfo, ExtStatusRequest, ExtSignedCertificateTimestamp, ExtRecordSizeLimit,
	} {
		require.True(t, typ.LegalIn(InSH12), "%v", typ)
	}
}

func TestMisplacedExtensionIsAnIllegalParameter(t *testing.T) {
	x := AppendEmpty(AppendEmpty(nil, 0xfafa), ExtKeyShare)
	require.NoError(t, x.Legal(InSH))
	err := x.Legal(InEE)
	requireReason(t, err, "key_share does not belong in EncryptedExtensions")
	require.Equal(t, alert.MisplacedExtension, err.(*alert.Error).Reason)
	require.Equal(t, alert.IllegalParameter, err.(*alert.Error).Alert)
	require.EqualError(t, err, "key_share does not belong in EncryptedExtensions, only in ClientHello, ServerHello, HelloRetryRequest (alert illegal_parameter)")
}
