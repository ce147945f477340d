package handshake

import (
	"testing"

	"github.com/tlsengine/tlsengine/internal/alert"
)

// withoutExtensions is the length of a hello up to its extensions.
func withoutExtensions(server bool) func([]byte, int) bool {
	return func(valid []byte, n int) bool {
		end := 35 + int(valid[34])
		if server {
			return n == end+3
		}
		end += 2 + int(valid[end])<<8 + int(valid[end+1])
		return n == end+1+int(valid[end])
	}
}

var messages13 = []codec{
	func() codec {
		c := message("ClientHello", MsgClientHello, ParseClientHello).with([]string{
			"0303 aa*32 00 0002 1301 01 00",
			"0303 aa*32 00 0002 1301 01 00 0000",
			"0303 aa*32 20 bb*32 0002 1301 01 00 0004 fafa 0000",
			"0303 aa*32 00 fffe 13*65534 01 00 0000",
			"0303 aa*32 00 0002 1301 ff 00*255 0000",
			"0303 aa*32 00 0002 1301 01 00 ffff 0015 fffb 00*65531",
			"0303 aa*32 00 0002 1301 01 00 0009 002b 0000 0029 0001 00",
		}, map[string]refusal{
			"legacy_session_id has at most 32 bytes":   {"0303 aa*32 21 bb*33 0002 1301 01 00 0000", alert.SessionIDTooLong},
			"cipher_suites is not empty":               malformed("0303 aa*32 00 0000 01 00 0000"),
			"cipher_suites has whole elements":         malformed("0303 aa*32 00 0003 130113 01 00 0000"),
			"compression methods are not empty":        malformed("0303 aa*32 00 0002 1301 00 0000"),
			"extensions fill their vector":             malformed("0303 aa*32 00 0002 1301 01 00 0005 fafa 0000"),
			"an extension has a whole header":          {"0303 aa*32 00 0002 1301 01 00 0003 fafa 00", alert.MalformedExtension},
			"an extension has whole data":              {"0303 aa*32 00 0002 1301 01 00 0004 fafa 0001", alert.MalformedExtension},
			"a known extension comes once":             {"0303 aa*32 00 0002 1301 01 00 000c 002b 0000 000a 0000 002b 0000", alert.DuplicateExtension},
			"an unknown extension comes once":          {"0303 aa*32 00 0002 1301 01 00 000c fafa 0000 000a 0000 fafa 0000", alert.DuplicateExtension},
			"nothing comes behind pre_shared_key":      {"0303 aa*32 00 0002 1301 01 00 0008 0029 0000 000a 0000", alert.PSKNotLast},
			"not even padding behind pre_shared_key":   {"0303 aa*32 00 0002 1301 01 00 0009 0029 0000 0015 0001 00", alert.PSKNotLast},
			"two pre_shared_key are a duplicate first": {"0303 aa*32 00 0002 1301 01 00 0008 0029 0000 0029 0000", alert.DuplicateExtension},
		})
		c.cut = withoutExtensions(false)
		return c
	}(),

	func() codec {
		c := message("ServerHello", MsgServerHello, ParseServerHello).with([]string{
			"0303 aa*32 00 1301 00",
			"0303 aa*32 00 1301 00 0000",
			"0303 aa*32 20 bb*32 1301 00 0006 002b 0002 0304",
			"0303 aa*32 00 1301 00 ffff fafa fffb 00*65531",
			"0303 cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c 00 1301 01 0008 0029 0000 000a 0000",
		}, map[string]refusal{
			"legacy_session_id_echo has at most 32 bytes": {"0303 aa*32 21 bb*33 1301 00 0000", alert.SessionIDTooLong},
			"extensions fill their vector":                malformed("0303 aa*32 00 1301 00 0005 fafa 0000"),
			"an extension has whole data":                 {"0303 aa*32 00 1301 00 0004 fafa 0001", alert.MalformedExtension},
			"an extension comes once":                     {"0303 aa*32 00 1301 00 0008 fafa 0000 fafa 0000", alert.DuplicateExtension},
		})
		c.cut = withoutExtensions(true)
		return c
	}(),

	message("EncryptedExtensions", MsgEncryptedExtensions, ParseEncryptedExtensions).with([]string{
		"0000",
		"0008 0000 0000 fafa 0000",
		"ffff fafa fffb 00*65531",
	}, map[string]refusal{
		"extensions fill their vector": malformed("0003 fafa 0000"),
		"an extension has whole data":  {"0004 fafa 0001", alert.MalformedExtension},
		"an extension comes once":      {"0008 fafa 0000 fafa 0000", alert.DuplicateExtension},
		"the vector is not optional":   malformed(""),
	}),

	message("CertificateRequest", MsgCertificateRequest, ParseCertificateRequest).with([]string{
		"00 0000",
		"ff cc*255 0008 000d 0004 0002 0403",
	}, map[string]refusal{
		"an extension has whole data": {"00 0004 fafa 0001", alert.MalformedExtension},
		"an extension comes once":     {"00 0008 fafa 0000 fafa 0000", alert.DuplicateExtension},
		"extensions are not optional": malformed("00"),
	}),

	message("Certificate", MsgCertificate, ParseCertificate).with([]string{
		"00 000000",
		"ff cc*255 000006 000001 30 0000",
		"00 00001a 000001 30 0004 fafa 0000 000002 3000 0009 0005 0001 00 fafa 0000",
		"00 010009 010000 30*65536 0004 fafa 0000",
	}, map[string]refusal{
		"cert_data is not empty":                    malformed("00 000005 000000 0000"),
		"an entry has extensions":                   malformed("00 000004 000001 30"),
		"an entry does not end in its cert_data":    malformed("00 000006 000004 30 0000"),
		"an extension has whole data":               {"00 00000a 000001 30 0004 fafa 0001", alert.MalformedExtension},
		"an extension comes once in an entry":       {"00 00000e 000001 30 0008 fafa 0000 fafa 0000", alert.DuplicateExtension},
		"a chain is bounded":                        {"00 00025e 000001300000*101", alert.CertificateChainTooLong},
		"the first of two bad entries decides":      malformed("00 000010 000000 0000 000001 30 0004 fafa 0001 00"),
		"the list is as long as its length says":    malformed("00 000007 000001 30 0000"),
		"the message is as long as its lists":       malformed("00 000006 000001 30 0000 00"),
		"the context is as long as its length says": malformed("02 cc"),
	}),

	message("CertificateVerify", MsgCertificateVerify, ParseCertificateVerify).with([]string{
		"0403 0000",
		"0804 ffff 5a*65535",
	}, map[string]refusal{
		"the signature fills the message": malformed("0403 0001 5a5a"),
	}),

	func() codec {
		c := message("Finished", MsgFinished, ParseFinished).with([]string{"aa*12", "aa*32", "aa*48", ""}, nil)
		c.free = true
		return c
	}(),

	message("NewSessionTicket", MsgNewSessionTicket, ParseNewSessionTicket).with([]string{
		"00000000 00000000 00 0001 aa 0000",
		"ffffffff ffffffff ff cc*255 ffff aa*65535 0008 002a 0004 00004000",
	}, map[string]refusal{
		"the ticket is not empty":     malformed("00000000 00000000 00 0000 0000"),
		"an extension has whole data": {"00000000 00000000 00 0001 aa 0004 fafa 0001", alert.MalformedExtension},
		"an extension comes once":     {"00000000 00000000 00 0001 aa 0008 fafa 0000 fafa 0000", alert.DuplicateExtension},
	}),

	message("KeyUpdate", MsgKeyUpdate, ParseKeyUpdate).with([]string{"00", "01"}, map[string]refusal{
		"request_update is 0 or 1":       {"02", alert.BadKeyUpdate},
		"request_update is not 255":      {"ff", alert.BadKeyUpdate},
		"a length is wrong, not a value": malformed("0200"),
	}),

	message("EndOfEarlyData", MsgEndOfEarlyData, ParseEndOfEarlyData).with([]string{""}, map[string]refusal{
		"there is no body": malformed("00"),
	}),
}

func FuzzClientHello(f *testing.F)         { named("ClientHello").fuzz(f) }
func FuzzServerHello(f *testing.F)         { named("ServerHello").fuzz(f) }
func FuzzEncryptedExtensions(f *testing.F) { named("EncryptedExtensions").fuzz(f) }
func FuzzCertificateRequest(f *testing.F)  { named("CertificateRequest").fuzz(f) }
func FuzzCertificate(f *testing.F)         { named("Certificate").fuzz(f) }
func FuzzCertificateVerify(f *testing.F)   { named("CertificateVerify").fuzz(f) }
func FuzzNewSessionTicket(f *testing.F)    { named("NewSessionTicket").fuzz(f) }
func FuzzKeyUpdate(f *testing.F)           { named("KeyUpdate").fuzz(f) }
