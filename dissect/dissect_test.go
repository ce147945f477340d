package dissect

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/wire"
)

// unhex reads hex with spaces and line breaks.
func unhex(t testing.TB, s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	require.NoError(t, err)
	return b
}

// message makes a handshake message of what body appends.
func msg(typ uint8, body func(w *wire.Builder)) []byte {
	w := wire.NewBuilder(nil)
	w.Uint8(typ)
	w.Vector24(func() { body(&w) })
	return w.Result()
}

// show writes the leaves of a tree, one a line.
func show(f *Field) string {
	var s strings.Builder
	for leaf := range f.Leaves() {
		fmt.Fprintf(&s, "%d+%d %s", leaf.Off, leaf.Len, leaf.ID)
		if v := leaf.Value.String(); v != "" {
			s.WriteString(" = " + v)
		}
		if leaf.Reason != "" {
			s.WriteString(" ! " + leaf.Reason)
		}
		s.WriteString("\n")
	}
	return s.String()
}

func TestServerHelloLeafByLeaf(t *testing.T) {
	b := unhex(t, `02 000076 0303
		7071727374757677 78797a7b7c7d7e7f 8081828384858687 88898a8b8c8d8e8f
		20 e0e1e2e3e4e5e6e7 e8e9eaebecedeeef f0f1f2f3f4f5f6f7 f8f9fafbfcfdfeff
		1302 00 002e 002b 0002 0304 0033 0024 001d 0020
		9fd7ad6dcff4298d d3f96d5b1b2af910 a0535b1488d7f8fa bb349a982880b615`)
	f := Message(b, Context{})
	require.Empty(t, check(&f, len(b)))
	require.Equal(t, Kind("msg.server_hello"), f.Kind)
	require.Equal(t, strings.TrimLeft(`
0+1 type = server_hello
1+3 length = 118
4+2 legacy_version = TLS 1.2
6+32 random
38+1 legacy_session_id_echo_length = 32
39+32 legacy_session_id_echo
71+2 cipher_suite = TLS_AES_256_GCM_SHA384
73+1 legacy_compression_method = null
74+2 extensions.length = 46
76+2 extensions.supported_versions.type = supported_versions
78+2 extensions.supported_versions.length = 2
80+2 extensions.supported_versions.selected_version = TLS 1.3
82+2 extensions.key_share.type = key_share
84+2 extensions.key_share.length = 36
86+2 extensions.key_share.group = x25519
88+2 extensions.key_share.key_exchange_length = 32
90+32 extensions.key_share.key_exchange
`, "\n"), show(&f))
	share := f.Find("extensions.key_share")
	require.Equal(t, [2]int{82, 40}, [2]int{share.Off, share.Len})
	require.Equal(t, "tls.handshake.ciphersuite", f.Find("cipher_suite").WS())
}

func TestJSONFormOfAField(t *testing.T) {
	b := msg(24, func(w *wire.Builder) { w.Uint8(7) })
	f := Message(b, Context{})
	j, err := json.Marshal(f)
	require.NoError(t, err)
	require.JSONEq(t, `{"id":"","kind":"msg.key_update","off":0,"len":5,"ws":"tls.handshake","fields":[
		{"id":"type","kind":"hs.type","off":0,"len":1,"value":{"id":24,"hex":"0x18","name":"key_update"},"ws":"tls.handshake.type"},
		{"id":"length","kind":"hs.length","off":1,"len":3,"value":1,"ws":"tls.handshake.length"},
		{"id":"request_update","kind":"ku.request_update","off":4,"len":1,"value":{"id":7,"hex":"0x07","name":null},"ws":"tls.handshake.key_update.request_update"}]}`, string(j))
	var back Field
	require.NoError(t, json.Unmarshal(j, &back))
	require.Equal(t, f, back)
}

func TestUnknownKindIsKeptWhenRead(t *testing.T) {
	var f Field
	require.NoError(t, json.Unmarshal([]byte(`{"id":"x","kind":"new.kind","off":1,"len":2,"value":"v","later":true}`), &f))
	require.Equal(t, Field{ID: "x", Kind: "new.kind", Off: 1, Len: 2, Value: Value{Form: Text, Text: "v"}}, f)
	require.Equal(t, "new.kind", f.Kind.Info().Label)
}

func TestHelloRetryRequestIsToldFromServerHello(t *testing.T) {
	b := msg(2, func(w *wire.Builder) {
		w.Uint16(0x0303)
		w.Bytes(retryRandom[:])
		w.Uint8(0)
		w.Uint16(0x1301)
		w.Uint8(0)
		w.Vector16(func() {
			w.Uint16(51)
			w.Vector16(func() { w.Uint16(29) })
			w.Uint16(0xfe0d)
			w.Vector16(func() { w.Bytes(make([]byte, 8)) })
		})
	})
	require.Equal(t, "HelloRetryRequest", MessageName(b))
	require.Equal(t, "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c", hex.EncodeToString(retryRandom[:]), "RFC 9846, Section 4.2.3")
	f := Message(b, Context{})
	require.Empty(t, check(&f, len(b)))
	require.Equal(t, "x25519", f.Find("extensions.key_share.selected_group").Value.String())
	require.Equal(t, Kind("ech.confirmation"), f.Find("extensions.encrypted_client_hello.confirmation").Kind)
}

func TestDowngradeSentinelIsNamed(t *testing.T) {
	b := msg(2, func(w *wire.Builder) {
		w.Uint16(0x0303)
		w.Bytes(append(make([]byte, 24), "DOWNGRD\x01"...))
		w.Uint8(0)
		w.Uint16(0xc02f)
		w.Uint8(0)
	})
	f := Message(b, Context{})
	require.Contains(t, f.Find("random").Value.Text, "TLS 1.2")
	require.Empty(t, f.Reason, "a ServerHello without extensions is whole")
}

func TestTruncationIsSaidWhereItHappens(t *testing.T) {
	whole := clientHello1()
	for n := range len(whole) {
		f := Message(whole[:n], Context{})
		require.Empty(t, check(&f, n), "cut at %d", n)
		if n > 4 {
			last := (*Field)(nil)
			for leaf := range f.Leaves() {
				last = leaf
			}
			require.Equal(t, Unparsed, last.Kind, "the header's length cannot be met, cut at %d", n)
		}
	}
}

func TestShortBodyEndsWithAReason(t *testing.T) {
	whole := clientHello1()
	for n := 4; n < len(whole); n++ {
		cut := append([]byte{1, 0, byte((n - 4) >> 8), byte(n - 4)}, whole[4:n]...)
		f := Message(cut, Context{})
		require.Empty(t, check(&f, n), "cut at %d", n)
		var reasons int
		var count func(f *Field)
		count = func(f *Field) {
			if f.Reason != "" {
				reasons++
			}
			for i := range f.Fields {
				count(&f.Fields[i])
			}
		}
		count(&f)
		// A ClientHello may end before its extensions.
		if n != 4+2+32+1+2+2+2 {
			require.NotZero(t, reasons, "cut at %d:\n%s", n, show(&f))
		}
	}
}

func TestTrailingBytesAreOneLeaf(t *testing.T) {
	b := append(clientHello1(), 1, 2, 3)
	f := Message(b, Context{})
	require.Empty(t, check(&f, len(b)))
	require.Equal(t, "3 bytes behind the message", f.Find("behind").Reason)

	b = msg(24, func(w *wire.Builder) { w.Bytes([]byte{0, 9, 9}) })
	f = Message(b, Context{})
	require.Equal(t, "2 bytes left over", f.Find("unparsed").Reason)
}

func TestExtensionSentTwiceHasTwoIDs(t *testing.T) {
	b := msg(8, func(w *wire.Builder) {
		w.Vector16(func() {
			for range 3 {
				w.Uint16(16)
				w.Vector16(func() { w.Vector16(func() { w.Opaque8([]byte("h2")) }) })
			}
		})
	})
	f := Message(b, Context{})
	require.Empty(t, check(&f, len(b)))
	require.NotNil(t, f.Find("extensions.application_layer_protocol_negotiation.again_3.protocol_name_list.0"))
}

func TestUnknownAndGREASEExtensions(t *testing.T) {
	b := msg(8, func(w *wire.Builder) {
		w.Vector16(func() {
			for _, typ := range []uint16{0x0a0a, 0x7777, 22} {
				w.Uint16(typ)
				w.Opaque16([]byte{1, 2})
			}
		})
	})
	f := Message(b, Context{})
	require.Empty(t, check(&f, len(b)))
	require.Equal(t, Kind("ext"), f.Find("extensions.GREASE_0A0A").Kind)
	require.NotNil(t, f.Find("extensions.extension_30583.data"))
	require.Equal(t, Kind("ext.data"), f.Find("extensions.encrypt_then_mac.data").Kind, "an extension that should be empty")
}

func TestHybridShareIsShownInItsParts(t *testing.T) {
	share := func(in uint8, group uint16, n int) Field {
		entry := func(w *wire.Builder) {
			w.Uint16(group)
			w.Opaque16(make([]byte, n))
		}
		return Message(msg(in, func(w *wire.Builder) {
			w.Uint16(0x0303)
			w.Bytes(make([]byte, 32))
			w.Uint8(0)
			if in == 1 {
				w.Vector16(func() { w.Uint16(0x1301) })
				w.Opaque8([]byte{0})
			} else {
				w.Uint16(0x1301)
				w.Uint8(0)
			}
			w.Vector16(func() {
				w.Uint16(51)
				w.Vector16(func() {
					if in == 1 {
						w.Vector16(func() { entry(w) })
					} else {
						entry(w)
					}
				})
			})
		}), Context{})
	}
	f := share(1, 0x11ec, 1216)
	require.Equal(t, 1184, f.Find("extensions.key_share.client_shares.0.key_exchange.mlkem").Len)
	require.Equal(t, 32, f.Find("extensions.key_share.client_shares.0.key_exchange.x25519").Len)
	f = share(2, 0x11ed, 97+1568)
	require.Equal(t, Kind("share.mlkem_ct"), f.Find("extensions.key_share.key_exchange.mlkem").Kind)
	f = share(2, 0x11ec, 1119)
	require.True(t, f.Find("extensions.key_share.key_exchange").Leaf(), "of another size it is one leaf")
}

func TestServerKeyExchangeNeedsNoSuiteForCurves(t *testing.T) {
	b := msg(12, func(w *wire.Builder) {
		w.Bytes([]byte{3, 0, 29})
		w.Opaque8(make([]byte, 32))
		w.Uint16(0x0804)
		w.Opaque16(make([]byte, 256))
	})
	for _, ctx := range []Context{{}, {Version: 0x0303, Suite: 0xc02f}} {
		f := Message(b, ctx)
		require.Empty(t, check(&f, len(b)))
		require.Equal(t, "x25519", f.Find("named_curve").Value.String())
		require.Equal(t, "rsa_pss_rsae_sha256", f.Find("algorithm").Value.String())
	}
	f := Message(b, Context{Version: 0x0302, Suite: 0xc013})
	require.Nil(t, f.Find("algorithm"), "TLS 1.1 signs without saying how")
}

func TestKeyExchangesBySuite(t *testing.T) {
	for name, c := range map[string]struct {
		suite uint16
		typ   uint8
		body  func(w *wire.Builder)
		ids   []string
	}{
		"DHE-RSA": {0x009e, 12, func(w *wire.Builder) {
			for range 3 {
				w.Opaque16([]byte{1, 2})
			}
			w.Uint16(0x0401)
			w.Opaque16([]byte{1})
		}, []string{"dh_p", "dh_g", "dh_Ys", "algorithm", "signature"}},
		"DH-anon": {0x00a6, 12, func(w *wire.Builder) {
			for range 3 {
				w.Opaque16([]byte{1, 2})
			}
		}, []string{"dh_p", "dh_g", "dh_Ys"}},
		"PSK":       {0x008c, 12, func(w *wire.Builder) { w.Opaque16([]byte("hint")) }, []string{"psk_identity_hint"}},
		"RSA-PSK":   {0x0094, 12, func(w *wire.Builder) { w.Opaque16([]byte("hint")) }, []string{"psk_identity_hint"}},
		"ECDHE-PSK": {0xc035, 12, func(w *wire.Builder) { w.Opaque16(nil); w.Bytes([]byte{3, 0, 23}); w.Opaque8([]byte{4}) }, []string{"named_curve", "public"}},
		"RSA export": {0x0003, 12, func(w *wire.Builder) {
			w.Opaque16([]byte{1})
			w.Opaque16([]byte{3})
			w.Uint16(0x0101)
			w.Opaque16([]byte{1})
		}, []string{"rsa_modulus", "rsa_exponent", "signature"}},
		"SRP": {0xc01d, 12, func(w *wire.Builder) {
			w.Opaque16([]byte{1})
			w.Opaque16([]byte{2})
			w.Opaque8([]byte{3})
			w.Opaque16([]byte{4})
		}, []string{"srp_N", "srp_g", "srp_s", "srp_B"}},
		"client ECDHE":       {0xc02f, 16, func(w *wire.Builder) { w.Opaque8(make([]byte, 65)) }, []string{"ecdh_Yc"}},
		"client RSA":         {0x009c, 16, func(w *wire.Builder) { w.Opaque16(make([]byte, 256)) }, []string{"encrypted_pre_master_secret"}},
		"client DHE":         {0x009e, 16, func(w *wire.Builder) { w.Opaque16(make([]byte, 256)) }, []string{"dh_Yc"}},
		"client RSA-PSK":     {0x0094, 16, func(w *wire.Builder) { w.Opaque16([]byte("me")); w.Opaque16(make([]byte, 256)) }, []string{"psk_identity", "encrypted_pre_master_secret"}},
		"client by its look": {0, 16, func(w *wire.Builder) { w.Opaque8(make([]byte, 32)) }, []string{"ecdh_Yc"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := msg(c.typ, c.body)
			f := Message(b, Context{Version: 0x0303, Suite: c.suite})
			require.Empty(t, check(&f, len(b)))
			for _, id := range c.ids {
				require.NotNil(t, f.Find(id), "%s\n%s", id, show(&f))
			}
			require.NotContains(t, show(&f), "!")
		})
	}
}

func TestMessagesOfBothVersionsAreGuessed(t *testing.T) {
	der := unhex(t, selfSigned)
	cert12 := msg(11, func(w *wire.Builder) { w.Vector24(func() { w.Opaque24(der) }) })
	cert13 := msg(11, func(w *wire.Builder) { w.Uint8(0); w.Vector24(func() { w.Opaque24(der); w.Uint16(0) }) })
	for _, b := range [][]byte{cert12, cert13} {
		f := Message(b, Context{})
		require.Empty(t, check(&f, len(b)))
		require.NotContains(t, show(&f), "!")
		require.Contains(t, show(&f), "CN-in-lab")
	}
	nst12 := msg(4, func(w *wire.Builder) { w.Uint32(300); w.Opaque16(make([]byte, 40)) })
	nst13 := msg(4, func(w *wire.Builder) {
		w.Uint32(300)
		w.Uint32(7)
		w.Opaque8([]byte{0})
		w.Opaque16(make([]byte, 40))
		w.Vector16(func() { w.Uint16(42); w.Vector16(func() { w.Uint32(16384) }) })
	})
	f := Message(nst12, Context{})
	require.NotContains(t, show(&f), "!")
	f = Message(nst13, Context{})
	require.NotContains(t, show(&f), "!")
	require.EqualValues(t, 16384, f.Find("extensions.early_data.max_early_data_size").Value.Num)
	cr12 := msg(13, func(w *wire.Builder) {
		w.Opaque8([]byte{1, 64})
		w.Vector16(func() { w.Uint16(0x0403) })
		w.Vector16(func() {})
	})
	cr13 := msg(13, func(w *wire.Builder) {
		w.Uint8(0)
		w.Vector16(func() { w.Uint16(13); w.Vector16(func() { w.Vector16(func() { w.Uint16(0x0403) }) }) })
	})
	for _, b := range [][]byte{cr12, cr13} {
		f := Message(b, Context{})
		require.Empty(t, check(&f, len(b)))
		require.NotContains(t, show(&f), "!")
		require.Contains(t, show(&f), "ecdsa_secp256r1_sha256")
	}
}

func TestRawPublicKey(t *testing.T) {
	spki := unhex(t, "302a300506032b6570032100 19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1")
	f := Certificate(spki)
	require.Empty(t, check(&f, len(spki)))
	require.Equal(t, Kind("x509.spki"), f.Fields[0].Kind)
	require.Contains(t, f.Find("subjectPublicKeyInfo.algorithm").Value.Text, "Ed25519")
	b := msg(11, func(w *wire.Builder) { w.Opaque24(spki) })
	f = Message(b, Context{Version: 0x0303, RawKey: true})
	require.Empty(t, check(&f, len(b)))
	require.NotContains(t, show(&f), "!")
}

func TestRecords(t *testing.T) {
	for name, c := range map[string]struct {
		hex  string
		p    *Protection
		want string
	}{
		"handshake in clear": {"160301000401000000", nil, "0+1 type = handshake\n1+2 legacy_record_version = TLS 1.0\n3+2 length = 4\n5+4 fragment\n"},
		"alert":              {"15030300020228", nil, "0+1 type = alert\n1+2 legacy_record_version = TLS 1.2\n3+2 length = 2\n5+1 level = fatal\n6+1 description = handshake_failure\n"},
		"ccs":                {"140303000101", nil, "0+1 type = change_cipher_spec\n1+2 legacy_record_version = TLS 1.2\n3+2 length = 1\n5+1 change_cipher_spec = 1\n"},
		"protected": {"1703030017" + strings.Repeat("ab", 23), &Protection{TagLen: 16},
			"0+1 type = application_data\n1+2 legacy_record_version = TLS 1.2\n3+2 length = 23\n5+7 ciphertext\n12+16 tag\n"},
		"protected as in 1.2": {"1703030020" + strings.Repeat("ab", 32), &Protection{NonceLen: 8, TagLen: 16},
			"0+1 type = application_data\n1+2 legacy_record_version = TLS 1.2\n3+2 length = 32\n5+8 explicit_nonce\n13+8 ciphertext\n21+16 tag\n"},
		"too short for its tag": {"1703030003ababab", &Protection{TagLen: 16}, "0+1 type = application_data\n1+2 legacy_record_version = TLS 1.2\n3+2 length = 3\n5+3 tag\n"},
		"cut off":               {"1603030010abab", nil, "0+1 type = handshake\n1+2 legacy_record_version = TLS 1.2\n3+2 length = 16\n5+2 unparsed ! length is 16 bytes, 2 bytes here\n"},
		"no header":             {"1603", nil, "0+1 type = handshake\n1+1 unparsed ! legacy_record_version wants 2 bytes, 1 here\n"},
	} {
		t.Run(name, func(t *testing.T) {
			b := unhex(t, c.hex)
			f := Record(b, c.p)
			require.Empty(t, check(&f, len(b)))
			require.Equal(t, c.want, show(&f))
		})
	}
}

func TestInnerPlaintext(t *testing.T) {
	for in, want := range map[string]string{
		"08000002000016": "0+6 content\n6+1 type = handshake\n",
		"686917000000":   "0+2 content\n2+1 type = application_data\n3+3 zeros\n",
		"010015":         "0+1 alert.level = warning\n1+1 alert.description = close_notify\n2+1 type = alert\n",
		"17":             "0+1 type = application_data\n",
		"0000":           "0+2 unparsed ! no content type: all bytes are zero\n",
	} {
		b := unhex(t, in)
		f := Inner(b)
		require.Empty(t, check(&f, len(b)), in)
		require.Equal(t, want, show(&f), in)
	}
}

func TestCertificateTree(t *testing.T) {
	b := unhex(t, selfSigned)
	f := Certificate(b)
	require.Empty(t, check(&f, len(b)))
	require.NotContains(t, show(&f), "!")
	for id, want := range map[string]string{
		"certificate.tbsCertificate.validity.notBefore":                              "2026-01-02T03:04:05Z",
		"certificate.tbsCertificate.signature":                                       "ecdsa-with-SHA256 (1.2.840.10045.4.3.2)",
		"certificate.tbsCertificate.subjectPublicKeyInfo.algorithm":                  "ecPublicKey (1.2.840.10045.2.1)",
		"certificate.tbsCertificate.issuer.0.0.type":                                 "commonName (2.5.4.3)",
		"certificate.tbsCertificate.issuer.0.0.value":                                "CN-in-lab",
		"certificate.tbsCertificate.extensions.0.0":                                  "subjectAltName (2.5.29.17)",
		"certificate.tbsCertificate.extensions.0.0.extnValue.SubjectAltName.0.value": "lab.example",
		"certificate.signatureAlgorithm.algorithm":                                   "ecdsa-with-SHA256 (1.2.840.10045.4.3.2)",
	} {
		field := f.Find(id)
		require.NotNil(t, field, "%s\n%s", id, show(&f))
		require.Equal(t, want, field.Value.String(), id)
	}
}

func TestExtensionsOfCertificatesAreRead(t *testing.T) {
	extension := func(oid, value string) []byte {
		id, v := unhex(t, oid), unhex(t, value)
		b := append([]byte{6, byte(len(id))}, id...)
		b = append(b, 4, byte(len(v)))
		b = append(b, v...)
		return append([]byte{0x30, byte(len(b))}, b...)
	}
	var list []byte
	for _, e := range [][]byte{
		extension("551d0f", "030205a0"),
		extension("551d13", "30060101ff020103"),
		extension("551d25", "300a06082b06010505070301"),
		extension("551d11", "3015 8203612e62 87047f000001 870820010db800000000"),
		extension("551d99", "0500"),
		extension("551d0f", "ff"),
	} {
		list = append(list, e...)
	}
	list = append([]byte{0x30, byte(len(list))}, list...)
	f := root("cert.data", list, Context{}, func(c *cursor) { derAll(c, &derType{id: "extensions", each: &typeExtension}) })
	require.Empty(t, check(&f, len(list)))
	for id, want := range map[string]string{
		"extensions.0.extnValue.KeyUsage.value":                           "digitalSignature, keyEncipherment",
		"extensions.1.extnValue.BasicConstraints.cA.value":                "true",
		"extensions.1.extnValue.BasicConstraints.pathLenConstraint.value": "3",
		"extensions.2.extnValue.ExtKeyUsage.0":                            "serverAuth (1.3.6.1.5.5.7.3.1)",
		"extensions.3.extnValue.SubjectAltName.0.value":                   "a.b",
		"extensions.3.extnValue.SubjectAltName.1.value":                   "127.0.0.1",
		"extensions.3.extnValue.SubjectAltName.2.value":                   "",
		"extensions.4.extnValue.0.header":                                 "NULL, 0 bytes",
		"extensions.5.extnValue.value":                                    "",
	} {
		field := f.Find(id)
		require.NotNil(t, field, "%s\n%s", id, show(&f))
		require.Equal(t, want, field.Value.String(), id)
	}
}

func TestDERNestedTooDeepIsOneLeaf(t *testing.T) {
	b := []byte{}
	for range 100 {
		w := wire.NewBuilder(nil)
		w.Uint8(0x30)
		if len(b) < 0x80 {
			w.Opaque8(b)
		} else {
			w.Uint8(0x82)
			w.Opaque16(b)
		}
		b = w.Result()
	}
	f := Certificate(b)
	require.Empty(t, check(&f, len(b)))
	require.Contains(t, show(&f), "more than 32 elements within each other")
}

func TestNumberOfFieldsIsBounded(t *testing.T) {
	for name, b := range map[string][]byte{
		"empty sequences": bytes.Repeat([]byte{0x05, 0x00}, 3*MaxFields),
		"cipher suites":   bytes.Repeat([]byte{0x13, 0x01}, 3*MaxFields),
	} {
		in := []byte{0x30, 0x83, byte(len(b) >> 16), byte(len(b) >> 8), byte(len(b))}
		in = append(in, b...)
		f := Certificate(in)
		require.Empty(t, check(&f, len(in)), name)
	}
	var n int
	f := Certificate(append([]byte{0x30, 0x83, 0x06, 0, 0}, bytes.Repeat([]byte{5, 0}, 3*MaxFields)...))
	for range f.Leaves() {
		n++
	}
	require.LessOrEqual(t, n, MaxFields)
	require.Contains(t, show(&f), "too many fields")
}

func TestSSL2Hello(t *testing.T) {
	b := unhex(t, "802e 01 0002 0015 0000 0010 010080 020080 030080 040080 050080 060040 0700c0 000102030405060708090a0b0c0d0e0f")
	f := Any(b)
	require.Empty(t, check(&f, len(b)))
	require.Equal(t, Kind("ssl2"), f.Kind)
	require.Contains(t, show(&f), "cipher_specs.6 = SSL_CK_DES_192_EDE3_CBC_WITH_MD5")
	require.NotContains(t, show(&f), "!")
}

func TestAnyKnowsWhatItSees(t *testing.T) {
	hello := clientHello1()
	rec := append([]byte{22, 3, 1, byte(len(hello) >> 8), byte(len(hello))}, hello...)
	both := append(bytes.Clone(rec), 21, 3, 3, 0, 2, 2, 40)
	f := Any(both)
	require.Empty(t, check(&f, len(both)))
	require.NotNil(t, f.Find("record_0.message_0.random"))
	require.Equal(t, "handshake_failure", f.Find("record_1.description").Value.String())
	f = Any(append(bytes.Clone(hello), hello...))
	require.NotNil(t, f.Find("message_1.cipher_suites.0"))
	f = Any(unhex(t, selfSigned))
	require.NotNil(t, f.Find("certificate.tbsCertificate"))
	for _, junk := range [][]byte{nil, []byte("GET / HTTP/1.1\r\n\r\n"), {0}, {0x30}, {0x80, 0}} {
		f = Any(junk)
		require.Empty(t, check(&f, len(junk)), "%q", junk)
	}
}

func TestECHConfigList(t *testing.T) {
	w := wire.NewBuilder(nil)
	w.Vector16(func() {
		w.Uint16(0xfe0d)
		w.Vector16(func() {
			w.Uint8(9)
			w.Uint16(0x20)
			w.Opaque16(make([]byte, 32))
			w.Vector16(func() { w.Uint16(1); w.Uint16(3) })
			w.Uint8(0)
			w.Opaque8([]byte("public.example"))
			w.Uint16(0)
		})
		w.Uint16(0x1234)
		w.Opaque16([]byte{1})
	})
	b := w.Result()
	f := Any(b)
	require.Empty(t, check(&f, len(b)))
	require.NotContains(t, show(&f), "!")
	require.Equal(t, "public.example", f.Find("configs.0.public_name").Value.Text)
	require.Equal(t, "ChaCha20Poly1305", f.Find("configs.0.cipher_suites.0_aead_id").Value.String())
}

func TestTransportParameters(t *testing.T) {
	b := msg(8, func(w *wire.Builder) {
		w.Vector16(func() {
			w.Uint16(57)
			w.Vector16(func() { w.Bytes(unhex(t, "01 04 80007530 0f 03 010203 7127 01 05 c0000000ff02de1a 02 4abc")) })
		})
	})
	f := Message(b, Context{})
	require.Empty(t, check(&f, len(b)))
	require.NotContains(t, show(&f), "!")
	require.EqualValues(t, 30000, f.Find("extensions.quic_transport_parameters.0.value").Value.Num)
	require.Equal(t, "initial_source_connection_id", f.Find("extensions.quic_transport_parameters.1.id").Value.String())
	require.Equal(t, "initial_rtt", f.Find("extensions.quic_transport_parameters.2.id").Value.String())
}

func TestEveryKindInTheCodeIsInTheTableAndNoOther(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	used := map[Kind]bool{Unparsed: true}
	literal := regexp.MustCompile(`"([a-z0-9]+(\.[A-Za-z0-9_.]+)?)"`)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || strings.HasPrefix(file, "kinds") {
			continue
		}
		src, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range literal.FindAllStringSubmatch(string(src), -1) {
			used[Kind(m[1])] = true
			if prefix, _, dotted := strings.Cut(m[1], "."); dotted && kinds[Kind(prefix)].Label != "" && regexp.MustCompile(`^[a-z]`).MatchString(prefix) {
				require.NotEmpty(t, kindsOf(Kind(m[1])), "%s in %s", m[1], file)
			}
		}
	}
	for kind, info := range kinds {
		require.NotEmpty(t, info.Label, kind)
		require.NotEmpty(t, info.Meaning, kind)
		derived := strings.HasPrefix(string(kind), "ext.") || strings.HasSuffix(string(kind), ".length") || strings.HasPrefix(string(kind), "ske.srp_")
		require.True(t, used[kind] || derived, "%s is in the table and nowhere else", kind)
		if kind != Unparsed && kind != "input" {
			require.Regexp(t, `^(RFC \d+, (Section|Appendix) [A-Z0-9][0-9.]*|X\.690, Section 8[0-9.]*|FIPS 203, Section [0-9.]+|draft-[a-z0-9-]+)$`, info.Ref, kind)
		}
	}
	for kind := range lengthWS {
		require.NotEmpty(t, kinds[kind].Label, kind)
	}
}

// clientHello1 is a ClientHello with one of each extension.
func clientHello1() []byte {
	list16 := func(w *wire.Builder, v ...uint16) {
		w.Vector16(func() {
			for _, n := range v {
				w.Uint16(n)
			}
		})
	}
	return msg(1, func(w *wire.Builder) {
		w.Uint16(0x0303)
		w.Bytes(make([]byte, 32))
		w.Opaque8(nil)
		list16(w, 0x1301)
		w.Opaque8([]byte{0})
		w.Vector16(func() {
			ext := func(typ uint16, body func()) { w.Uint16(typ); w.Vector16(body) }
			ext(0, func() { w.Vector16(func() { w.Uint8(0); w.Opaque16([]byte("lab.example")) }) })
			ext(5, func() { w.Uint8(1); w.Uint16(0); w.Uint16(0) })
			ext(10, func() { list16(w, 29, 23, 0x2a2a) })
			ext(11, func() { w.Opaque8([]byte{0}) })
			ext(13, func() { list16(w, 0x0403, 0x0804) })
			ext(16, func() { w.Vector16(func() { w.Opaque8([]byte("h2")); w.Opaque8([]byte("http/1.1")) }) })
			ext(18, func() {})
			ext(27, func() { w.Vector8(func() { w.Uint16(2) }) })
			ext(28, func() { w.Uint16(16385) })
			ext(34, func() { list16(w, 0x0403) })
			ext(43, func() { w.Vector8(func() { w.Uint16(0x0304) }) })
			ext(45, func() { w.Opaque8([]byte{1}) })
			ext(51, func() { w.Vector16(func() { w.Uint16(29); w.Opaque16(make([]byte, 32)) }) })
			ext(0xfe0d, func() {
				w.Uint8(0)
				w.Uint16(1)
				w.Uint16(1)
				w.Uint8(3)
				w.Opaque16([]byte{1})
				w.Opaque16([]byte{2})
			})
			ext(41, func() {
				w.Vector16(func() { w.Opaque16([]byte("ticket")); w.Uint32(99) })
				w.Vector16(func() { w.Opaque8(make([]byte, 32)) })
			})
		})
	})
}
