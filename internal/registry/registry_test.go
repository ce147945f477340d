package registry

import (
	"crypto/tls"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTablesAreSortedAndNamedOnce(t *testing.T) {
	for _, table := range Tables() {
		t.Run(table.Key, func(t *testing.T) {
			require.Same(t, table, TableOf(table.Key))
			names := map[string]uint32{}
			last := int64(-1)
			for _, e := range table.Entries() {
				require.Greater(t, int64(e.ID), last, "numbers ascend")
				last = int64(e.ID)
				require.Less(t, uint64(e.ID), uint64(1)<<(8*table.Width), "%s fits its registry", e.Name)
				require.NotEmpty(t, e.Ref, e.Name)
				for _, name := range []string{e.Name, e.OpenSSL, e.GnuTLS} {
					if name == "" {
						continue
					}
					other, taken := names[strings.ToLower(name)]
					require.False(t, taken && other != e.ID, "%s is both %x and %x", name, other, e.ID)
					names[strings.ToLower(name)] = e.ID
					found, ok := table.Find(strings.ToUpper(name))
					require.True(t, ok, name)
					require.Equal(t, e, found, name)
				}
			}
		})
	}
}

func TestNamesAgreeWithCryptoTLS(t *testing.T) {
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		require.Equal(t, s.Name, CipherSuites.Name(uint32(s.ID)))
	}
	for _, id := range []tls.SignatureScheme{tls.PSSWithSHA256, tls.ECDSAWithP521AndSHA512, tls.Ed25519, tls.PKCS1WithSHA1} {
		require.NotEmpty(t, SignatureSchemes.Name(uint32(id)))
	}
	for id, want := range map[tls.CurveID]string{tls.X25519MLKEM768: "X25519MLKEM768", tls.CurveP256: "secp256r1", tls.X25519: "x25519"} {
		require.Equal(t, want, Groups.Name(uint32(id)))
	}
}

func TestSuiteIsFoundByAnyOfItsNames(t *testing.T) {
	for _, name := range []string{
		"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ecdhe-rsa-aes128-gcm-sha256",
		"TLS_ECDHE_RSA_AES_128_GCM_SHA256", "0xC02F", "0xc0,0x2f", "c0,2f", "49199", " 0xc02f ",
	} {
		e, ok := CipherSuites.Find(name)
		require.True(t, ok, name)
		require.EqualValues(t, 0xc02f, e.ID, name)
	}
}

func TestOldSpellingsAreUnderstood(t *testing.T) {
	for name, want := range map[string]uint32{"EDH-RSA-DES-CBC3-SHA": 0x16, "EXP-EDH-RSA-DES-CBC-SHA": 0x14, "dhe-rsa-des-cbc3-sha": 0x16} {
		e, ok := CipherSuites.Find(name)
		require.True(t, ok, name)
		require.Equal(t, want, e.ID, name)
	}
	for name, want := range map[string]uint32{"VERS-TLS1.3": 0x304, "vers-tls1.0": 0x301, "VERS-SSL3.0": 0x300, "VERS-DTLS1.2": 0xfefd, "TLSv1.2": 0x303} {
		e, ok := Versions.Find(name)
		require.True(t, ok, name)
		require.Equal(t, want, e.ID, name)
	}
	for _, name := range []string{"VERS-", "VERS-ALL", "VERS-9"} {
		_, ok := Versions.Find(name)
		require.False(t, ok, name)
	}
	for name, want := range map[string]uint32{"SIGN-RSA-PSS-RSAE-SHA256": 0x804, "SIGN-ECDSA-SHA256": 0x403, "SIGN-ECDSA-SECP384R1-SHA384": 0x503, "SIGN-EdDSA-Ed25519": 0x807, "ECDSA+SHA512": 0x603} {
		e, ok := SignatureSchemes.Find(name)
		require.True(t, ok, name)
		require.Equal(t, want, e.ID, name)
	}
	for name, want := range map[string]uint32{"P-256": 23, "p-521": 25, "prime256v1": 23, "GROUP-X25519": 29, "X25519": 29} {
		e, ok := Groups.Find(name)
		require.True(t, ok, name)
		require.Equal(t, want, e.ID, name)
	}
}

func TestUnassignedNumberIsFoundWithoutAName(t *testing.T) {
	e, ok := CipherSuites.Find("0x1399")
	require.True(t, ok)
	require.Equal(t, Entry{ID: 0x1399}, e)
	require.Equal(t, "0x1399", CipherSuites.Label(0x1399))
	for _, bad := range []string{"", "0x", "0x10000", "70000", "-1", "TLS_NOTHING", "13,1", "zz,zz"} {
		_, ok := CipherSuites.Find(bad)
		require.False(t, ok, bad)
	}
	_, ok = Alerts.Find("256")
	require.False(t, ok, "an alert has one byte")
}

func TestGREASE(t *testing.T) {
	var n int
	for id := range 0x10000 {
		if IsGREASE(uint16(id)) {
			n++
		}
	}
	require.Equal(t, 16, n, "RFC 8701 reserves sixteen")
	require.Equal(t, "GREASE_0A0A", CipherSuites.Name(0x0a0a))
	require.Equal(t, "GREASE_FAFA", Extensions.Name(0xfafa))
	require.Empty(t, CertificateCompressions.Name(0x0a0a))
}

func TestNearestNames(t *testing.T) {
	near := func(table *Table, name string) []string {
		var names []string
		for _, e := range table.Nearest(name, 3) {
			names = append(names, e.Name)
		}
		return names
	}
	require.Contains(t, near(Groups, "X25519MLKEM786"), "X25519MLKEM768")
	require.Contains(t, near(Groups, "x2551"), "x25519")
	require.Equal(t, "TLS_AES_128_GCM_SHA256", near(CipherSuites, "TLS_AES128_GCM_SHA256")[0])
	require.Equal(t, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", near(CipherSuites, "ECDHE-RSA-AES256-GCM-SHA348")[0])
	require.Len(t, near(PSKModes, strings.Repeat("x", 1<<20)), 2, "no more than there are")
}

func TestPartsOfSuites(t *testing.T) {
	for name, want := range map[string]SuiteParts{
		"TLS_AES_128_GCM_SHA256":                  {Cipher: "AES_128_GCM", Hash: "SHA256", Bits: 128, AEAD: true, TLS13: true},
		"TLS_CHACHA20_POLY1305_SHA256":            {Cipher: "CHACHA20_POLY1305", Hash: "SHA256", Bits: 256, AEAD: true, TLS13: true},
		"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA":    {KeyExchange: "ECDHE", Authentication: "ECDSA", Cipher: "AES_128_CBC", Hash: "SHA", Bits: 128, CBC: true},
		"TLS_RSA_WITH_3DES_EDE_CBC_SHA":           {KeyExchange: "RSA", Authentication: "RSA", Cipher: "3DES_EDE_CBC", Hash: "SHA", Bits: 112, CBC: true},
		"TLS_RSA_EXPORT_WITH_RC4_40_MD5":          {KeyExchange: "RSA", Authentication: "RSA", Cipher: "RC4_40", Hash: "MD5", Bits: 40, Export: true},
		"TLS_DHE_PSK_WITH_AES_256_CCM":            {KeyExchange: "DHE", Authentication: "PSK", Cipher: "AES_256_CCM", Bits: 256, AEAD: true},
		"TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8":      {KeyExchange: "ECDHE", Authentication: "ECDSA", Cipher: "AES_128_CCM_8", Bits: 128, AEAD: true},
		"TLS_DH_anon_WITH_RC4_128_MD5":            {KeyExchange: "DH", Authentication: "anon", Cipher: "RC4_128", Hash: "MD5", Bits: 128},
		"TLS_SRP_SHA_RSA_WITH_AES_128_CBC_SHA":    {KeyExchange: "SRP", Authentication: "RSA", Cipher: "AES_128_CBC", Hash: "SHA", Bits: 128, CBC: true},
		"TLS_RSA_WITH_NULL_SHA256":                {KeyExchange: "RSA", Authentication: "RSA", Cipher: "NULL", Hash: "SHA256"},
		"TLS_SHA256_SHA256":                       {Cipher: "NULL", Hash: "SHA256", TLS13: true},
		"TLS_EMPTY_RENEGOTIATION_INFO_SCSV":       {Signaling: true},
		"ECDHE_SM4_GCM_SM3":                       {KeyExchange: "ECDHE", Authentication: "ECDHE", Cipher: "SM4_GCM", Hash: "SM3", Bits: 128, AEAD: true},
		"TLS_GOSTR341112_256_WITH_MAGMA_CTR_OMAC": {KeyExchange: "GOSTR341112", Authentication: "256", Cipher: "MAGMA_CTR_OMAC", Bits: 256},
	} {
		e, ok := CipherSuites.Find(name)
		require.True(t, ok, name)
		got, ok := PartsOf(uint16(e.ID))
		require.True(t, ok)
		require.Equal(t, want, got, name)
	}
	_, ok := PartsOf(0x1399)
	require.False(t, ok)
}

func TestForwardSecrecy(t *testing.T) {
	for name, want := range map[string]bool{
		"TLS_AES_128_GCM_SHA256": true, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": true, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA": true,
		"TLS_RSA_WITH_AES_128_GCM_SHA256": false, "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA": false, "TLS_DH_anon_WITH_RC4_128_MD5": true,
	} {
		e, _ := CipherSuites.Find(name)
		parts, _ := PartsOf(uint16(e.ID))
		require.Equal(t, want, parts.ForwardSecret(), name)
	}
}

func TestEveryCipherButNullHasAStrength(t *testing.T) {
	for _, e := range CipherSuites.Entries() {
		parts, _ := PartsOf(uint16(e.ID))
		if !parts.Signaling && !strings.Contains(parts.Cipher, "NULL") {
			require.NotZero(t, parts.Bits, e.Name)
		}
	}
}
