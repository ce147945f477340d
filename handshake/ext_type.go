package handshake

import "strconv"

// ExtensionType is an ExtensionType of RFC 9846, Section 4.3.
type ExtensionType uint16

// The extensions that are known here, which is not to say used: a known one is
// refused in a message in which it has no business.
const (
	ExtServerName                          ExtensionType = 0
	ExtMaxFragmentLength                   ExtensionType = 1
	ExtStatusRequest                       ExtensionType = 5
	ExtSupportedGroups                     ExtensionType = 10
	ExtECPointFormats                      ExtensionType = 11
	ExtSignatureAlgorithms                 ExtensionType = 13
	ExtUseSRTP                             ExtensionType = 14
	ExtHeartbeat                           ExtensionType = 15
	ExtApplicationLayerProtocolNegotiation ExtensionType = 16
	ExtStatusRequestV2                     ExtensionType = 17
	ExtSignedCertificateTimestamp          ExtensionType = 18
	ExtClientCertificateType               ExtensionType = 19
	ExtServerCertificateType               ExtensionType = 20
	ExtPadding                             ExtensionType = 21
	ExtEncryptThenMAC                      ExtensionType = 22
	ExtExtendedMainSecret                  ExtensionType = 23
	ExtTokenBinding                        ExtensionType = 24
	ExtCompressCertificate                 ExtensionType = 27
	ExtRecordSizeLimit                     ExtensionType = 28
	ExtDelegatedCredential                 ExtensionType = 34
	ExtSessionTicket                       ExtensionType = 35
	ExtSupportedEKTCiphers                 ExtensionType = 39
	ExtPreSharedKey                        ExtensionType = 41
	ExtEarlyData                           ExtensionType = 42
	ExtSupportedVersions                   ExtensionType = 43
	ExtCookie                              ExtensionType = 44
	ExtPSKKeyExchangeModes                 ExtensionType = 45
	ExtCertificateAuthorities              ExtensionType = 47
	ExtOIDFilters                          ExtensionType = 48
	ExtPostHandshakeAuth                   ExtensionType = 49
	ExtSignatureAlgorithmsCert             ExtensionType = 50
	ExtKeyShare                            ExtensionType = 51
	ExtTransparencyInfo                    ExtensionType = 52
	ExtExternalIDHash                      ExtensionType = 55
	ExtExternalSessionID                   ExtensionType = 56
	ExtQUICTransportParameters             ExtensionType = 57
	ExtTicketRequest                       ExtensionType = 58
	ExtECHOuterExtensions                  ExtensionType = 64768
	ExtEncryptedClientHello                ExtensionType = 65037
	ExtRenegotiationInfo                   ExtensionType = 65281
)

// Known reports whether the extension is one of those above.
func (t ExtensionType) Known() bool { return t.row().name != "" }

// String is the registry's spelling, or the number of an unknown extension.
func (t ExtensionType) String() string {
	if name := t.row().name; name != "" {
		return name
	}
	return "extension(" + strconv.Itoa(int(t)) + ")"
}
