package pki

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
)

// DN is a distinguished name in DER as people write it, or in hex if it is
// none.
func DN(der []byte) string {
	var seq pkix.RDNSequence
	if rest, err := asn1.Unmarshal(der, &seq); err != nil || len(rest) > 0 {
		return hex.EncodeToString(der)
	}
	return seq.String()
}
