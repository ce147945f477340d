package handshake

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/alert"
)

// empties makes a codec of an extension without data.
func empties(t ExtensionType) codec {
	return extension(t.String()+" (empty)", t,
		func(b []byte) (struct{}, error) { return struct{}{}, ParseEmpty(t, b) },
		func(x Extensions, _ struct{}) Extensions { return AppendEmpty(x, t) },
	).with([]string{""}, map[string]refusal{"there are no data": malformedExtension("00")})
}

// codes are the bounds of a vector<2..2^16-2> of code points.
func codes(c codec) codec {
	return c.with([]string{
		"0002 fafa",
		"0006 001d 0017 001d",
		"fffc 04*65532",
	}, map[string]refusal{
		"the list is not empty":          malformedExtension("0000"),
		"the list has whole elements":    malformedExtension("0003 001d00"),
		"one byte is no element":         malformedExtension("0001 00"),
		"the list is all of its length":  malformedExtension("0004 001d"),
		"the list fills the extension":   malformedExtension("0002 001d 00"),
		"the length field is not absent": malformedExtension("00"),
	})
}

// entries are the bounds of a vector<1..2^16-1> of opaque<1..2^16-1>.
func entries(c codec) codec {
	return c.with([]string{
		"0003 0001 30",
		"0007 0001 30 0002 3000",
		"fffd fffb 30*65531",
	}, map[string]refusal{
		"the list is not empty":         malformedExtension("0000"),
		"an element is not empty":       malformedExtension("0002 0000"),
		"a later element is not empty":  malformedExtension("0005 0001 30 0000"),
		"an element is whole":           malformedExtension("0003 0002 30"),
		"a length field is whole":       malformedExtension("0001 00"),
		"the list is all of its length": malformedExtension("0004 0001 30"),
		"the list fills the extension":  malformedExtension("0003 0001 30 00"),
	})
}

var extensions = []codec{
	empties(ExtExtendedMainSecret),
	empties(ExtPostHandshakeAuth),

	extension("server_name", ExtServerName, ParseServerName, func(x Extensions, host []byte) Extensions {
		if host == nil { // names of other kinds only
			host = []byte("host")
		}
		return AppendServerName(x, host)
	}).with([]string{
		"0004 00 0001 61",
		"000e 00 000b 6578616d706c652e636f6d",
		"0102 00 00ff 61*255",
		"000c 00 0009 3132372e302e302e31",
	}, map[string]refusal{
		"the list is not empty":          malformedExtension("0000"),
		"a name is not empty":            malformedExtension("0003 00 0000"),
		"a name is whole":                malformedExtension("0004 00 0002 61"),
		"another kind of name is whole":  malformedExtension("0008 00 0001 61 01 0002 61"),
		"the list fills the extension":   malformedExtension("0004 00 0001 61 00"),
		"there is one host_name":         {"0008 00 0001 61 00 0001 62", alert.BadServerName},
		"a name is no longer than DNS's": {"0103 00 0100 61*256", alert.BadServerName},
		"a name does not end in a dot":   {"0005 00 0002 612e", alert.BadServerName},
		"a name has no NUL":              {"0006 00 0003 610062", alert.BadServerName},
		"a name is ASCII":                {"0005 00 0002 c3a4", alert.BadServerName},
		"a name has no space":            {"0006 00 0003 612062", alert.BadServerName},
	}),

	codes(extension("supported_groups", ExtSupportedGroups, ParseSupportedGroups, AppendSupportedGroups)),
	codes(extension("signature_algorithms", ExtSignatureAlgorithms, ParseSignatureAlgorithms, AppendSignatureAlgorithms)),
	codes(extension("signature_algorithms_cert", ExtSignatureAlgorithmsCert, ParseSignatureAlgorithmsCert, AppendSignatureAlgorithmsCert)),

	extension("ec_point_formats", ExtECPointFormats, ParseECPointFormats, AppendECPointFormats).with([]string{
		"01 00", "03 000102", "ff 00*255",
	}, map[string]refusal{
		"the list is not empty":        malformedExtension("00"),
		"the list fills the extension": malformedExtension("01 00 00"),
	}),

	extension("application_layer_protocol_negotiation", ExtApplicationLayerProtocolNegotiation, ParseALPN, AppendALPN).with([]string{
		"0002 01 61",
		"000c 02 6832 08 687474702f312e31",
		"0100 ff 61*255",
		"fffc 0161*32766",
	}, map[string]refusal{
		"the list is not empty":              malformedExtension("0000"),
		"a protocol is not empty":            malformedExtension("0001 00"),
		"a later protocol is not empty":      malformedExtension("0003 01 61 00"),
		"a protocol is whole":                malformedExtension("0002 02 61"),
		"the list fills the extension":       malformedExtension("0002 01 61 00"),
		"the list is all of its length":      malformedExtension("0003 01 61"),
		"one byte is not even an empty list": malformedExtension("00"),
	}),

	extension("application_layer_protocol_negotiation (answer)", ExtApplicationLayerProtocolNegotiation, ParseALPNSelected,
		func(x Extensions, name []byte) Extensions { return AppendALPN(x, OpaqueList8Of(name)) },
	).with([]string{"0002 01 61", "0100 ff 61*255"}, map[string]refusal{
		"there is one protocol":        malformedExtension("0004 01 61 01 62"),
		"there is no fewer than one":   malformedExtension("0000"),
		"the protocol is not empty":    malformedExtension("0001 00"),
		"the list fills the extension": malformedExtension("0002 01 61 00"),
	}),

	extension("status_request", ExtStatusRequest, ParseStatusRequest, AppendStatusRequest).with([]string{
		"01 0000 0000",
		"01 0007 0001 30 0002 3000 0002 3000",
	}, map[string]refusal{
		"a responder is not empty":   malformedExtension("01 0002 0000 0000"),
		"a responder is whole":       malformedExtension("01 0003 0002 30 0000"),
		"the extensions are present": malformedExtension("01 0000"),
		"nothing asks for nothing":   malformedExtension(""),
	}),

	extension("status_request (CertificateEntry)", ExtStatusRequest, ParseStatusRequestCT, AppendStatusRequestCT).with([]string{
		"01 000001 30",
		"01 00fffb 30*65531",
	}, map[string]refusal{
		"the response is not empty":        malformedExtension("01 000000"),
		"a status other than OCSP is none": malformedExtension("02 000001 30"),
	}),

	entries(extension("signed_certificate_timestamp", ExtSignedCertificateTimestamp, ParseSignedCertificateTimestamp, AppendSignedCertificateTimestamp)),

	extension("renegotiation_info", ExtRenegotiationInfo, ParseRenegotiationInfo, AppendRenegotiationInfo).with([]string{
		"00", "0c aa*12", "ff aa*255",
	}, map[string]refusal{
		"there is a length field":        malformedExtension(""),
		"the data fill the extension":    malformedExtension("00 00"),
		"the data are all of the length": malformedExtension("02 aa"),
	}),

	extension("supported_versions", ExtSupportedVersions, ParseSupportedVersionsCH, AppendSupportedVersionsCH).with([]string{
		"02 0304", "04 0304 0303", "fe 03*254",
	}, map[string]refusal{
		"the list is not empty":        malformedExtension("00"),
		"the list has whole elements":  malformedExtension("03 030403"),
		"the list ends at 254 bytes":   malformedExtension("ff 03*255"),
		"the list fills the extension": malformedExtension("02 0304 00"),
		"a client does not select":     malformedExtension("0304"),
	}),

	extension("supported_versions (ServerHello)", ExtSupportedVersions, ParseSupportedVersionsSH, AppendSupportedVersionsSH).with(
		[]string{"0304", "7f1c"}, map[string]refusal{"a server does not list": malformedExtension("02 0304")}),

	extension("cookie", ExtCookie, ParseCookie, AppendCookie).with([]string{
		"0001 aa", "fffd aa*65533",
	}, map[string]refusal{
		"the cookie is not empty":        malformedExtension("0000"),
		"the cookie fills the extension": malformedExtension("0001 aa 00"),
	}),

	extension("psk_key_exchange_modes", ExtPSKKeyExchangeModes, ParsePSKKeyExchangeModes, AppendPSKKeyExchangeModes).with([]string{
		"01 01", "02 0001", "ff 01*255",
	}, map[string]refusal{
		"the list is not empty":        malformedExtension("00"),
		"the list fills the extension": malformedExtension("01 01 00"),
	}),

	extension("key_share", ExtKeyShare, ParseKeyShareCH,
		func(x Extensions, s KeyShares) Extensions { return AppendKeyShareCH(x, collect(s.All())...) },
	).with([]string{
		"0000",
		"0005 001d 0001 aa",
		"000b 001d 0001 aa 0017 0002 aabb",
		"fffd 001d fff9 aa*65529",
	}, map[string]refusal{
		"a share is not empty":         malformedExtension("0004 001d 0000"),
		"a later share is not empty":   malformedExtension("0009 001d 0001 aa 0017 0000"),
		"a share is whole":             malformedExtension("0005 001d 0002 aa"),
		"a group is whole":             malformedExtension("0001 00"),
		"the list fills the extension": malformedExtension("0000 00"),
		"a group comes once":           {"000f 001d 0001 aa 0017 0001 aa 001d 0001 bb", alert.DuplicateKeyShare},
		"an unknown group comes once":  {"000a fafa 0001 aa fafa 0001 aa", alert.DuplicateKeyShare},
	}),

	extension("key_share (HelloRetryRequest)", ExtKeyShare, ParseKeyShareHRR, AppendKeyShareHRR).with(
		[]string{"001d"}, map[string]refusal{"there is no share": malformedExtension("001d 0001 aa")}),

	extension("key_share (ServerHello)", ExtKeyShare, ParseKeyShareSH, AppendKeyShareSH).with([]string{
		"001d 0001 aa", "001d fffb aa*65531",
	}, map[string]refusal{
		"the share is not empty":        malformedExtension("001d 0000"),
		"the share fills the extension": malformedExtension("001d 0001 aa 00"),
		"there is no list":              malformedExtension("0005 001d 0001 aa"),
	}),

	extension("pre_shared_key", ExtPreSharedKey, ParsePreSharedKeyCH, AppendPreSharedKeyCH).with([]string{
		"0007 0001 aa 00000000 0021 20 bb*32",
		"000f 0001 aa ffffffff 0002 aabb 00000001 0052 20 bb*32 30 cc*48",
		"0007 0001 aa 00000000 0100 ff bb*255",
		"ffda ffd4 aa*65492 00000000 0021 20 bb*32",
	}, map[string]refusal{
		"identities are not empty":             malformedExtension("0000 0021 20 bb*32"),
		"an identity is not empty":             malformedExtension("0006 0000 00000000 0021 20 bb*32"),
		"an identity has an age":               malformedExtension("0003 0001 aa 0021 20 bb*32"),
		"an age is whole":                      malformedExtension("0006 0001 aa 000000 0021 20 bb*32"),
		"binders are not empty":                malformedExtension("0007 0001 aa 00000000 0000"),
		"a binder has at least 32 bytes":       malformedExtension("0007 0001 aa 00000000 0020 1f bb*31"),
		"a later binder has at least 32 bytes": malformedExtension("000e 0001 aa 00000000 0001 aa 00000000 0041 20 bb*32 1f bb*31"),
		"a binder is whole":                    malformedExtension("0007 0001 aa 00000000 0021 21 bb*32"),
		"binders are not fewer":                {"000e 0001 aa 00000000 0001 aa 00000000 0021 20 bb*32", alert.BinderCountMismatch},
		"binders are not more":                 {"0007 0001 aa 00000000 0042 20 bb*32 20 bb*32", alert.BinderCountMismatch},
	}),

	extension("pre_shared_key (ServerHello)", ExtPreSharedKey, ParsePreSharedKeySH, AppendPreSharedKeySH).with(
		[]string{"0000", "ffff"}, map[string]refusal{"there is one index": malformedExtension("0000 0001")}),

	extension("early_data (NewSessionTicket)", ExtEarlyData, ParseEarlyDataNST, AppendEarlyDataNST).with(
		[]string{"00000000", "ffffffff"}, map[string]refusal{"it is not empty there": malformedExtension("")}),

	entries(extension("certificate_authorities", ExtCertificateAuthorities, ParseCertificateAuthorities, AppendCertificateAuthorities)),

	extension("oid_filters", ExtOIDFilters, ParseOIDFilters,
		func(x Extensions, l OIDFilters) Extensions { return appendOpaque16(x, ExtOIDFilters, l) },
	).with([]string{
		"0000",
		"0004 01 55 0000",
		"000b 01 55 0000 02 5555 0002 0303",
		"0102 ff 55*255 0000",
	}, map[string]refusal{
		"an OID is not empty":          malformedExtension("0003 00 0000"),
		"the values are present":       malformedExtension("0002 01 55"),
		"the values are whole":         malformedExtension("0005 01 55 0002 03"),
		"the list fills the extension": malformedExtension("0000 00"),
	}),

	extension("record_size_limit", ExtRecordSizeLimit, ParseRecordSizeLimit, AppendRecordSizeLimit).with([]string{
		"0040", "4001", "ffff",
	}, map[string]refusal{
		"63 bytes are too few":  {"003f", alert.BadRecordSizeLimit},
		"no bytes are too few":  {"0000", alert.BadRecordSizeLimit},
		"the limit is a uint16": malformedExtension("00004001"),
	}),
}

// lossy is for a codec that skips some of what it reads.
func lossy(c codec) codec {
	c.lossy = true
	return c
}

func FuzzServerName(f *testing.F)             { lossy(named("server_name")).fuzz(f) }
func FuzzSupportedGroups(f *testing.F)        { named("supported_groups").fuzz(f) }
func FuzzALPN(f *testing.F)                   { named("application_layer_protocol_negotiation").fuzz(f) }
func FuzzStatusRequest(f *testing.F)          { lossy(named("status_request")).fuzz(f) }
func FuzzSCT(f *testing.F)                    { named("signed_certificate_timestamp").fuzz(f) }
func FuzzSupportedVersions(f *testing.F)      { named("supported_versions").fuzz(f) }
func FuzzKeyShareCH(f *testing.F)             { named("key_share").fuzz(f) }
func FuzzKeyShareSH(f *testing.F)             { named("key_share (ServerHello)").fuzz(f) }
func FuzzPreSharedKey(f *testing.F)           { named("pre_shared_key").fuzz(f) }
func FuzzCertificateAuthorities(f *testing.F) { named("certificate_authorities").fuzz(f) }
func FuzzOIDFilters(f *testing.F)             { named("oid_filters").fuzz(f) }

// FuzzExtension is for every extension, also those without a target of their
// own.
func FuzzExtension(f *testing.F) {
	for i, c := range extensions {
		for _, s := range c.valid {
			if b := unhex(s); len(b) < 1000 {
				f.Add(uint8(i), b)
			}
		}
	}
	f.Fuzz(func(t *testing.T, i uint8, b []byte) {
		c := extensions[int(i)%len(extensions)]
		again, err := c.again(b)
		if err != nil {
			requireReason(t, err, "a refusal is ours")
			return
		}
		stable, err := c.again(again)
		require.NoError(t, err, "%s: what was encoded parses", c.name)
		require.True(t, bytes.Equal(again, stable), "%s: %x is encoded as %x and then as %x", c.name, b, again, stable)
	})
}
