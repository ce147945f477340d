package signature

import "fmt"

// Scheme is a SignatureScheme of RFC 9846, Section 4.3.3.
type Scheme uint16

// The schemes of RFC 9846, and those of draft-ietf-tls-mldsa. Their order here
// is that of the RFC.
const (
	RSAPKCS1SHA256 Scheme = 0x0401
	RSAPKCS1SHA384 Scheme = 0x0501
	RSAPKCS1SHA512 Scheme = 0x0601

	ECDSASecp256r1SHA256 Scheme = 0x0403
	ECDSASecp384r1SHA384 Scheme = 0x0503
	ECDSASecp521r1SHA512 Scheme = 0x0603

	RSAPSSRsaeSHA256 Scheme = 0x0804
	RSAPSSRsaeSHA384 Scheme = 0x0805
	RSAPSSRsaeSHA512 Scheme = 0x0806

	Ed25519 Scheme = 0x0807
	Ed448   Scheme = 0x0808

	RSAPSSPssSHA256 Scheme = 0x0809
	RSAPSSPssSHA384 Scheme = 0x080A
	RSAPSSPssSHA512 Scheme = 0x080B

	MLDSA44 Scheme = 0x0904
	MLDSA65 Scheme = 0x0905
	MLDSA87 Scheme = 0x0906

	RSAPKCS1SHA1 Scheme = 0x0201 // a name only
	ECDSASHA1    Scheme = 0x0203 // a name only
)

var names = map[Scheme]string{
	RSAPKCS1SHA256:       "rsa_pkcs1_sha256",
	RSAPKCS1SHA384:       "rsa_pkcs1_sha384",
	RSAPKCS1SHA512:       "rsa_pkcs1_sha512",
	ECDSASecp256r1SHA256: "ecdsa_secp256r1_sha256",
	ECDSASecp384r1SHA384: "ecdsa_secp384r1_sha384",
	ECDSASecp521r1SHA512: "ecdsa_secp521r1_sha512",
	RSAPSSRsaeSHA256:     "rsa_pss_rsae_sha256",
	RSAPSSRsaeSHA384:     "rsa_pss_rsae_sha384",
	RSAPSSRsaeSHA512:     "rsa_pss_rsae_sha512",
	Ed25519:              "ed25519",
	Ed448:                "ed448",
	RSAPSSPssSHA256:      "rsa_pss_pss_sha256",
	RSAPSSPssSHA384:      "rsa_pss_pss_sha384",
	RSAPSSPssSHA512:      "rsa_pss_pss_sha512",
	MLDSA44:              "mldsa44",
	MLDSA65:              "mldsa65",
	MLDSA87:              "mldsa87",
	RSAPKCS1SHA1:         "rsa_pkcs1_sha1",
	ECDSASHA1:            "ecdsa_sha1",
}

// String is the RFC's spelling, or the number of a scheme without a name here.
func (s Scheme) String() string {
	if name, ok := names[s]; ok {
		return name
	}
	return fmt.Sprintf("0x%04X", uint16(s))
}
