package signature

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"strings"
	"testing"

	"github.com/cloudflare/circl/sign/ed448"
	"github.com/stretchr/testify/require"
)

// Keys and signatures (of "hello") that OpenSSL 3.0 made.
const (
	modulusB       = "c106ddf25529e06f171c398c236a9a9cb2da62ead499b61f2b162ddb72d31a600086fd64673f1b71450ea7f3b8b53bc2f5f4d275a9abe468b5739ebb28e8d41033dced2d614e329f185fc6e1433dc9f3309686c5fcd6ba5f6999e0dc0587f04a06b8056eb6a1e775bca95b9e2c094c2874e596e2b5266ac5fe5c3cbdf34c5d0b"
	rsaBits        = "03818d0030818902818100" + modulusB + "0203010001"
	pssNoParams    = "30819d300b06092a864886f70d01010a" + rsaBits
	pssSHA256      = "3081d3304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120" + rsaBits
	pssSHA384Salt  = "3081ce303c06092a864886f70d01010a302fa00f300d06096086480165030402020500a11c301a06092a864886f70d010108300d06096086480165030402020500" + rsaBits
	pssSHA1        = "30819f300d06092a864886f70d01010a3000" + rsaBits
	pssOtherMask   = "3081ce303c06092a864886f70d01010a302fa00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402030500" + rsaBits
	pssLongSalt    = "3081d3304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a20302013e" + rsaBits
	rsaEncryption  = "30819f300d06092a864886f70d0101010500" + rsaBits
	signatureB     = "72de07528e154b11ce30c33463087be8c81612c8dd14d115df8ed0a821ffcb8364be958a921c98b68192400bf4b5bfd61e424a12cb7ed5f918c1dbb31dec28178b9bfc7dab240812a1d9ee0f2e2d060aa01f8e02166dc682552e72439f8fd6091d3a10a34e076d6945c09fe699d66d0a38a6ca42ed82ef98243d1590be580afa"
	ed448Key       = "3043300506032b6571033a007ce4443a1e984825c7b66734b997faa45e347bd6b5b38211dcfa3bf17634ab4a023620e087207522e6099df983c66f700a9d162e9ad47c5780"
	ed448Signature = "8480d8f243e8e6d31f9da7eadd31a40b1c952cdd1985ac93271dcaedb2766568bde78963842e6a657dd50eb3acfbbb10fd681397ad4c2b2180fbaab202c7f844cc7dba8398a8d9a420f15a36ab88d766f04024e88df1546b544d555e8b50d995dd0ce9ffede727212d955c1ccc97b1482300"
)

func TestPSSKeyOfACertificate(t *testing.T) {
	for name, c := range map[string]struct {
		spki string
		hash crypto.Hash
	}{
		"without parameters":               {pssNoParams, 0},
		"for SHA-256":                      {pssSHA256, crypto.SHA256},
		"for SHA-384 and the default salt": {pssSHA384Salt, crypto.SHA384},
	} {
		pub, err := ParsePublicKey(unhex(t, c.spki))
		require.NoError(t, err, name)
		key := pub.(*PSSPublicKey)
		require.Equal(t, c.hash, key.Hash, name)
		require.Equal(t, unhex(t, modulusB), key.RSA.N.Bytes(), name)
		require.Equal(t, 65537, key.RSA.E)
		require.NoError(t, CheckKey(pub))
	}
	pub, err := ParsePublicKey(unhex(t, pssSHA256))
	require.NoError(t, err)
	require.NoError(t, Lookup(RSAPSSPssSHA256).Verify(pub, []byte("hello"), unhex(t, signatureB)))
	require.ErrorIs(t, Lookup(RSAPSSPssSHA384).Verify(pub, []byte("hello"), unhex(t, signatureB)), ErrKey)
	require.ErrorIs(t, Lookup(RSAPSSRsaeSHA256).Verify(pub, []byte("hello"), unhex(t, signatureB)), ErrKey)
}

func TestPSSKeyThatNoSchemeGoesWithIsRefused(t *testing.T) {
	for name, der := range map[string]string{
		"for SHA-1, by default":         pssSHA1,
		"mask with another hash":        pssOtherMask,
		"salt longer than the hash":     pssLongSalt,
		"of the OID rsaEncryption":      rsaEncryption,
		"for SHA-224":                   strings.ReplaceAll(pssSHA256, "608648016503040201", "608648016503040204"),
		"hash with other parameters":    strings.ReplaceAll(pssSHA256, "6086480165030402010500", "6086480165030402010400"),
		"bytes after the key":           pssNoParams + "00",
		"parameters that are not PSS's": "3081a0300e06092a864886f70d01010a020101" + rsaBits,
		"nothing":                       "",
		"nothing in the SEQUENCE":       "3000",
	} {
		_, err := ParsePublicKey(unhex(t, der))
		require.ErrorIs(t, err, ErrKey, name)
	}
	for name, key := range map[string]string{
		"negative modulus":    "308189" + "028181" + "80" + modulusB + "0203010001",
		"modulus of zero":     "3006" + "020100" + "020103",
		"exponent of zero":    "308187" + "028181" + "00" + modulusB + "020100",
		"negative exponent":   "308187" + "028181" + "00" + modulusB + "020181",
		"exponent of 64 bits": "30818f" + "028181" + "00" + modulusB + "0209008000000000000000",
		"a third number":      "30818a" + "028181" + "00" + modulusB + "020103" + "020103",
		"modulus only":        "308184" + "028181" + "00" + modulusB,
		"bytes after it":      "308187" + "028181" + "00" + modulusB + "020103" + "00",
		"no SEQUENCE":         "028181" + "00" + modulusB,
		"nothing":             "",
	} {
		_, err := ParsePublicKey(spki(t, oidRSAPSS, unhex(t, key)))
		require.ErrorIs(t, err, ErrKey, name)
	}
	_, err := ParsePublicKey(spki(t, oidRSAPSS, unhex(t, "308187"+"028181"+"00"+modulusB+"020103")))
	require.NoError(t, err, "the key of which the above are faults")
}

func TestPSSKeyTooLongIsRefused(t *testing.T) {
	for _, bits := range []uint{512, MinRSABits - 1, MaxRSABits + 1, 16384, 500_000} {
		_, err := ParsePublicKey(pssSPKI(t, modulusOf(bits)))
		require.ErrorIs(t, err, ErrKeySize, "%d bits", bits)
	}
	for _, bits := range []uint{MinRSABits, MaxRSABits} {
		key := modulusOf(bits)
		key.E = 1<<31 - 1
		pub, err := ParsePublicKey(pssSPKI(t, key))
		require.NoError(t, err)
		require.Equal(t, key, pub.(*PSSPublicKey).RSA)
	}
}

func pssSPKI(t *testing.T, key *rsa.PublicKey) []byte {
	t.Helper()
	return spki(t, oidRSAPSS, x509.MarshalPKCS1PublicKey(key))
}

func spki(t *testing.T, oid asn1.ObjectIdentifier, bits []byte) []byte {
	t.Helper()
	type algorithm struct{ OID asn1.ObjectIdentifier }
	der, err := asn1.Marshal(struct {
		Algorithm algorithm
		Bits      asn1.BitString
	}{algorithm{oid}, asn1.BitString{Bytes: bits, BitLength: 8 * len(bits)}})
	require.NoError(t, err)
	return der
}

func TestEd448KeyOfACertificate(t *testing.T) {
	der := unhex(t, ed448Key)
	pub, err := ParsePublicKey(der)
	require.NoError(t, err)
	clear(der)
	require.NoError(t, Lookup(Ed448).Verify(pub, []byte("hello"), unhex(t, ed448Signature)))
	require.IsType(t, ed448.PublicKey{}, pub)

	_, err = ParsePublicKey(spki(t, oidEd448, make([]byte, 56)))
	require.ErrorIs(t, err, ErrKey)
	_, err = ParsePublicKey(unhex(t, "3045"+"300706032b65710500"+ed448Key[18:]))
	require.ErrorIs(t, err, ErrKey, "Ed448 has no parameters")
}

func TestMLDSAKeyOfACertificate(t *testing.T) {
	for s, oid := range map[Scheme]asn1.ObjectIdentifier{MLDSA44: oidMLDSA44, MLDSA65: oidMLDSA65, MLDSA87: oidMLDSA87} {
		key := keyFor(t, s)
		bits, err := key.Public().(interface{ MarshalBinary() ([]byte, error) }).MarshalBinary()
		require.NoError(t, err)
		pub, err := ParsePublicKey(spki(t, oid, bits))
		require.NoError(t, err)
		sig, err := Sign(random(), s, key, message)
		require.NoError(t, err)
		require.NoError(t, Lookup(s).Verify(pub, message, sig))

		for _, bad := range [][]byte{nil, bits[1:], append(bits, 0)} {
			_, err := ParsePublicKey(spki(t, oid, bad))
			require.ErrorIs(t, err, ErrKey)
		}
	}
}

func FuzzParsePublicKey(f *testing.F) {
	for _, s := range []string{pssNoParams, pssSHA256, pssSHA384Salt, pssSHA1, pssOtherMask, ed448Key} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		if pub, err := ParsePublicKey(der); err == nil {
			require.NoError(t, CheckKey(pub))
		}
	})
}
