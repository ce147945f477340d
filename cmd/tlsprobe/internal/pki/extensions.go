package pki

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
)

// oidSCTs is the extension with a certificate's timestamps: RFC 6962, Section 3.3.
var oidSCTs = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}

// SCTs is how many signed certificate timestamps a certificate holds.
//
// "struct { SerializedSCT sct_list <1..2^16-1>; } SignedCertificateTimestampList;"
// RFC 6962, Section 3.3.
func SCTs(cert *x509.Certificate) (n int) {
	for _, ext := range cert.Extensions {
		if !ext.Id.Equal(oidSCTs) {
			continue
		}
		var list []byte
		if rest, err := asn1.Unmarshal(ext.Value, &list); err != nil || len(rest) > 0 || len(list) < 2 {
			return 0
		}
		for list = list[2:]; len(list) >= 2; n++ {
			size := 2 + int(list[0])<<8 + int(list[1])
			if size > len(list) {
				return n
			}
			list = list[size:]
		}
	}
	return n
}

// DN is a distinguished name in DER as people write it, or in hex if it is
// none.
func DN(der []byte) string {
	var seq pkix.RDNSequence
	if rest, err := asn1.Unmarshal(der, &seq); err != nil || len(rest) > 0 {
		return hex.EncodeToString(der)
	}
	return seq.String()
}
