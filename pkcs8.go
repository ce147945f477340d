package tlsengine

import (
	"crypto/x509"
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var oidRSAPSS = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10} // RFC 4055

// parsePKCS8 reads a private key, also an RSA key for RSASSA-PSS only, whose
// algorithm crypto/x509 does not take. The key itself has the same form: RFC
// 5208, Section 5 and RFC 4055, Section 1.2.
func parsePKCS8(der []byte) (any, error) {
	var info, algorithm, key cryptobyte.String
	var version int
	var oid asn1.ObjectIdentifier
	in := cryptobyte.String(der)
	if in.ReadASN1(&info, casn1.SEQUENCE) && info.ReadASN1Integer(&version) &&
		info.ReadASN1(&algorithm, casn1.SEQUENCE) && algorithm.ReadASN1ObjectIdentifier(&oid) &&
		oid.Equal(oidRSAPSS) && info.ReadASN1(&key, casn1.OCTET_STRING) {
		return x509.ParsePKCS1PrivateKey(key)
	}
	return x509.ParsePKCS8PrivateKey(der)
}
