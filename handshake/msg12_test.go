package handshake

import (
	"testing"

	"github.com/tlsengine/tlsengine/internal/alert"
)

var messages12 = []codec{
	message("Certificate12", MsgCertificate, ParseCertificate12).with([]string{
		"000000",
		"000004 000001 30",
		"000009 000001 30 000002 3000",
		"010003 010000 30*65536",
	}, map[string]refusal{
		"a certificate is not empty":             malformed("000003 000000"),
		"a certificate fills its length":         malformed("000004 000002 30"),
		"a chain is bounded":                     {"000194 00000130*101", alert.CertificateChainTooLong},
		"the list is as long as its length says": malformed("000005 000001 30"),
	}),

	message("CertificateRequest12", MsgCertificateRequest, ParseCertificateRequest12).with([]string{
		"01 40 0002 0403 0000",
		"02 0140 0004 0403 0804 0006 0001 30 0001 31",
		"ff 40*255 fffe 04*65534 ffff fffd 30*65533",
	}, map[string]refusal{
		"certificate_types is not empty":      malformed("00 0002 0403 0000"),
		"the algorithms are not empty":        malformed("01 40 0000 0000"),
		"the algorithms are whole":            malformed("01 40 0003 040304 0000"),
		"an authority is not empty":           malformed("01 40 0002 0403 0002 0000"),
		"an authority is whole":               malformed("01 40 0002 0403 0003 0002 30"),
		"certificate_authorities are present": malformed("01 40 0002 0403"),
	}),

	message("NewSessionTicket12", MsgNewSessionTicket, ParseNewSessionTicket12).with([]string{
		"00000000 0000",
		"00000e10 ffff aa*65535",
	}, map[string]refusal{
		"the ticket fills the message": malformed("00000000 0001 aaaa"),
	}),

	message("ServerKeyExchange", MsgServerKeyExchange, ParseServerKeyExchange).with([]string{
		"03 001d 20 aa*32 0403 0000",
		"03 0017 01 04 0804 ffff 5a*65535",
		"03 0019 ff 04*255 0603 0001 5a",
	}, map[string]refusal{
		"the point is not empty":              malformed("03 001d 00 0403 0000"),
		"an explicit prime curve is refused":  {"01 001d 20 aa*32 0403 0000", alert.UnsupportedCurveType},
		"an explicit char2 curve is refused":  {"02 001d 20 aa*32 0403 0000", alert.UnsupportedCurveType},
		"a signature is as long as it says":   malformed("03 001d 20 aa*32 0403 0002 5a"),
		"a signature has an algorithm before": malformed("03 001d 20 aa*32 0000"),
	}),

	message("ClientKeyExchange", MsgClientKeyExchange, ParseClientKeyExchange).with([]string{
		"01 04",
		"20 aa*32",
		"ff aa*255",
	}, map[string]refusal{
		"the point is not empty":         malformed("00"),
		"the implicit form is not ECDHE": malformed(""),
	}),

	message("ServerHelloDone", MsgServerHelloDone, ParseServerHelloDone).with([]string{""}, map[string]refusal{
		"there is no body": malformed("00"),
	}),

	message("HelloRequest", MsgHelloRequest, ParseHelloRequest).with([]string{""}, map[string]refusal{
		"there is no body": malformed("00"),
	}),

	message("CertificateStatus", MsgCertificateStatus, ParseCertificateStatus).with([]string{
		"01 000001 30",
		"01 010000 30*65536",
	}, map[string]refusal{
		"the response is not empty":         malformed("01 000000"),
		"a status other than OCSP is none":  malformed("02 000001 30"),
		"the response fills the message":    malformed("01 000001 30 00"),
		"the response is all of its length": malformed("01 000002 30"),
	}),
}

func FuzzCertificate12(f *testing.F)        { named("Certificate12").fuzz(f) }
func FuzzCertificateRequest12(f *testing.F) { named("CertificateRequest12").fuzz(f) }
func FuzzNewSessionTicket12(f *testing.F)   { named("NewSessionTicket12").fuzz(f) }
func FuzzServerKeyExchange(f *testing.F)    { named("ServerKeyExchange").fuzz(f) }
func FuzzClientKeyExchange(f *testing.F)    { named("ClientKeyExchange").fuzz(f) }
func FuzzCertificateStatus(f *testing.F)    { named("CertificateStatus").fuzz(f) }
