package dissect

import "strings"

// A derType is a place in a structure in DER: what an element there is called,
// and what stands within it. It only names things; an element that does not
// fit is shown by its tag.
type derType struct {
	id     string // "" in a list
	kind   Kind   // "" for that of the tag
	tag    byte   // that fits here; 0 fits any
	fields []*derType
	each   *derType // of every element, in a SEQUENCE OF
	wraps  bool     // a string that holds DER
	within *derType // what it holds; nil if that is not known
	holds  bool     // the element takes the value of its first leaf of text
	bits   []string // names of the bits of a BIT STRING
	shape  func(content []byte, tag byte) *derType
}

// fits reports whether an element with that tag may stand here: the point of an
// elliptic curve begins as an OCTET STRING does, and is none.
func (t *derType) fits(tag byte) bool { return t == nil || t.tag == 0 || t.tag == tag }

// child finds the place of the next element, and from where to look for the
// one after it. Places that do not fit are optional and absent.
func (t *derType) child(tag byte, from int) (*derType, int) {
	if t.each != nil {
		return t.each, 0
	}
	for i := from; i < len(t.fields); i++ {
		if t.fields[i].tag == 0 || t.fields[i].tag == tag {
			return t.fields[i], i + 1
		}
	}
	return nil, from
}

// The types of RFC 5280, Section 4.1, in the words of its ASN.1.
var (
	typeAttribute = derType{kind: "x509.attribute", tag: tagSequence, fields: []*derType{
		{id: "type", kind: "x509.attribute_type", tag: tagOID, holds: true},
		{id: "value", kind: "x509.attribute_value", holds: true},
	}}
	typeName = derType{id: "name", kind: "x509.name", tag: tagSequence, each: &derType{kind: "x509.rdn", tag: tagSet, each: &typeAttribute}}

	typeValidity = derType{id: "validity", kind: "x509.validity", tag: tagSequence, fields: []*derType{
		{id: "notBefore", kind: "x509.not_before", holds: true},
		{id: "notAfter", kind: "x509.not_after", holds: true},
	}}
	typePublicKey = derType{id: "subjectPublicKeyInfo", kind: "x509.spki", tag: tagSequence, fields: []*derType{
		algorithm("algorithm", "x509.key_algorithm"),
		{id: "subjectPublicKey", kind: "x509.public_key", tag: tagBitString, wraps: true, within: &typeRSAKey},
	}}
	typeRSAKey = derType{id: "rsaPublicKey", kind: "x509.rsa_key", tag: tagSequence, fields: []*derType{
		{id: "modulus", kind: "x509.rsa_modulus", tag: tagInteger},
		{id: "publicExponent", kind: "x509.rsa_exponent", tag: tagInteger},
	}}
	typeExtension = derType{kind: "x509.extension", tag: tagSequence, holds: true, fields: []*derType{
		{id: "extnID", kind: "x509.extension_id", tag: tagOID, holds: true},
		{id: "critical", kind: "x509.critical", tag: tagBoolean, holds: true},
		&typeExtensionValue,
	}}
	typeExtensionValue = derType{id: "extnValue", kind: "x509.extension_value", tag: tagOctetString, wraps: true}
	typeTBS            = derType{id: "tbsCertificate", kind: "x509.tbs", tag: tagSequence, fields: []*derType{
		{id: "version", kind: "x509.version", tag: contextClass | constructed},
		{id: "serialNumber", kind: "x509.serial", tag: tagInteger},
		algorithm("signature", "x509.signature_algorithm"),
		name("issuer", "x509.issuer"),
		&typeValidity,
		name("subject", "x509.subject"),
		&typePublicKey,
		{id: "issuerUniqueID", kind: "x509.unique_id", tag: contextClass | 1},
		{id: "subjectUniqueID", kind: "x509.unique_id", tag: contextClass | 2},
		{id: "extensions", kind: "x509.extensions", tag: contextClass | constructed | 3,
			each: &derType{kind: "x509.extension_list", tag: tagSequence, each: &typeExtension}},
	}}
	typeSigned = derType{id: "certificate", kind: "x509.certificate", tag: tagSequence, fields: []*derType{
		&typeTBS,
		algorithm("signatureAlgorithm", "x509.signature_algorithm"),
		{id: "signatureValue", kind: "x509.signature", tag: tagBitString, wraps: true},
	}}

	// typeCertificate is what a CertificateEntry holds: a certificate, or a bare
	// key if the first element within starts with an object identifier.
	typeCertificate = derType{id: "certificate", shape: func(content []byte, tag byte) *derType {
		if header, n, why := derHeader(content); tag == tagSequence && why == "" && n > 0 && content[0] == tagSequence && content[header] == tagOID {
			return &typePublicKey
		}
		return &typeSigned
	}}

	// RFC 6960, Section 4.2.1.
	typeOCSPResponse = derType{id: "OCSPResponse", kind: "ocsp.response", tag: tagSequence, fields: []*derType{
		{id: "responseStatus", kind: "ocsp.status", tag: tagEnumerated},
		{id: "responseBytes", kind: "ocsp.bytes", tag: contextClass | constructed, each: &derType{id: "response", tag: tagSequence, fields: []*derType{
			{id: "responseType", kind: "ocsp.type", tag: tagOID, holds: true},
			{id: "basic", kind: "ocsp.basic", tag: tagOctetString, wraps: true},
		}}},
	}}
)

// extensionTypes are what the values of extensions hold, by the names of
// oidNames: RFC 5280, Section 4.2.1.
var extensionTypes = map[string]*derType{
	"keyUsage": {id: "KeyUsage", kind: "x509.key_usage", tag: tagBitString, bits: []string{
		"digitalSignature", "contentCommitment", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"}},
	"basicConstraints": {id: "BasicConstraints", kind: "x509.basic_constraints", tag: tagSequence, fields: []*derType{
		{id: "cA", kind: "x509.is_ca", tag: tagBoolean, holds: true},
		{id: "pathLenConstraint", kind: "x509.path_length", tag: tagInteger},
	}},
	"extKeyUsage":            {id: "ExtKeyUsage", kind: "x509.purposes", tag: tagSequence, each: &derType{kind: "x509.purpose", tag: tagOID, holds: true}},
	"subjectAltName":         {id: "SubjectAltName", kind: "x509.names", tag: tagSequence, each: &derType{kind: "x509.general_name", holds: true}},
	"subjectKeyIdentifier":   {id: "SubjectKeyIdentifier", kind: "x509.key_id", tag: tagOctetString},
	"authorityKeyIdentifier": {id: "AuthorityKeyIdentifier", kind: "x509.authority_key", tag: tagSequence},
}

// extensionValue is the type of an extension's value, by the extnID among the
// fields in front of it, whose value starts with its name.
func extensionValue(fields []Field) *derType {
	t := typeExtensionValue
	for i := range fields {
		if fields[i].Kind == "x509.extension_id" {
			name, _, _ := strings.Cut(fields[i].Value.Text, " ")
			t.within = extensionTypes[name]
		}
	}
	return &t
}

func algorithm(id string, kind Kind) *derType {
	return &derType{id: id, kind: kind, tag: tagSequence, holds: true, fields: []*derType{
		{id: "algorithm", kind: "x509.algorithm", tag: tagOID, holds: true},
		{id: "parameters", kind: "x509.parameters", holds: true},
	}}
}

func name(id string, kind Kind) *derType {
	return &derType{id: id, kind: kind, tag: tagSequence, each: typeName.each}
}

// oidNames are the object identifiers that certificates hold.
var oidNames = map[string]string{
	"1.2.840.10040.4.1": "dsa", "1.2.840.10045.2.1": "ecPublicKey", "1.2.840.10045.3.1.7": "secp256r1", "1.3.132.0.34": "secp384r1",
	"1.3.132.0.35": "secp521r1", "1.3.132.0.10": "secp256k1", "1.2.840.10045.4.1": "ecdsa-with-SHA1", "1.2.840.10045.4.3.1": "ecdsa-with-SHA224",
	"1.2.840.10045.4.3.2": "ecdsa-with-SHA256", "1.2.840.10045.4.3.3": "ecdsa-with-SHA384", "1.2.840.10045.4.3.4": "ecdsa-with-SHA512",
	"1.2.840.113549.1.1.1": "rsaEncryption", "1.2.840.113549.1.1.4": "md5WithRSAEncryption", "1.2.840.113549.1.1.5": "sha1WithRSAEncryption",
	"1.2.840.113549.1.1.8": "mgf1", "1.2.840.113549.1.1.10": "rsassaPss", "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
	"1.2.840.113549.1.1.12": "sha384WithRSAEncryption", "1.2.840.113549.1.1.13": "sha512WithRSAEncryption", "1.2.840.113549.1.1.14": "sha224WithRSAEncryption",
	"1.3.101.110": "X25519", "1.3.101.111": "X448", "1.3.101.112": "Ed25519", "1.3.101.113": "Ed448",
	"2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.2": "sha384", "2.16.840.1.101.3.4.2.3": "sha512", "1.3.14.3.2.26": "sha1",
	"2.16.840.1.101.3.4.3.17": "ML-DSA-44", "2.16.840.1.101.3.4.3.18": "ML-DSA-65", "2.16.840.1.101.3.4.3.19": "ML-DSA-87",
	"2.5.4.3": "commonName", "2.5.4.4": "surname", "2.5.4.5": "serialNumber", "2.5.4.6": "countryName", "2.5.4.7": "localityName",
	"2.5.4.8": "stateOrProvinceName", "2.5.4.9": "streetAddress", "2.5.4.10": "organizationName", "2.5.4.11": "organizationalUnitName",
	"2.5.4.12": "title", "2.5.4.13": "description", "2.5.4.15": "businessCategory", "2.5.4.17": "postalCode", "2.5.4.42": "givenName",
	"2.5.4.97": "organizationIdentifier", "0.9.2342.19200300.100.1.1": "userId", "0.9.2342.19200300.100.1.25": "domainComponent",
	"1.2.840.113549.1.9.1": "emailAddress",
	"2.5.29.14":            "subjectKeyIdentifier", "2.5.29.15": "keyUsage", "2.5.29.17": "subjectAltName", "2.5.29.18": "issuerAltName",
	"2.5.29.19": "basicConstraints", "2.5.29.30": "nameConstraints", "2.5.29.31": "cRLDistributionPoints", "2.5.29.32": "certificatePolicies",
	"2.5.29.32.0": "anyPolicy", "2.5.29.33": "policyMappings", "2.5.29.35": "authorityKeyIdentifier", "2.5.29.36": "policyConstraints",
	"2.5.29.37": "extKeyUsage", "2.5.29.37.0": "anyExtendedKeyUsage", "2.5.29.46": "freshestCRL", "2.5.29.54": "inhibitAnyPolicy",
	"1.3.6.1.5.5.7.1.1": "authorityInfoAccess", "1.3.6.1.5.5.7.1.24": "tlsFeature", "1.3.6.1.5.5.7.3.1": "serverAuth",
	"1.3.6.1.5.5.7.3.2": "clientAuth", "1.3.6.1.5.5.7.3.3": "codeSigning", "1.3.6.1.5.5.7.3.4": "emailProtection",
	"1.3.6.1.5.5.7.3.8": "timeStamping", "1.3.6.1.5.5.7.3.9": "OCSPSigning", "1.3.6.1.5.5.7.48.1": "ocsp", "1.3.6.1.5.5.7.48.1.1": "basicOCSPResponse",
	"1.3.6.1.5.5.7.48.2": "caIssuers", "1.3.6.1.5.5.7.2.1": "cps", "1.3.6.1.4.1.11129.2.4.2": "signedCertificateTimestamps",
	"1.3.6.1.4.1.11129.2.4.3": "precertificatePoison", "1.3.6.1.4.1.44363.44": "delegationUsage",
	"2.23.140.1.1": "extendedValidation", "2.23.140.1.2.1": "domainValidated", "2.23.140.1.2.2": "organizationValidated", "2.23.140.1.2.3": "individualValidated",
	"2.16.840.1.113730.1.1": "netscapeCertType", "2.16.840.1.113730.1.13": "netscapeComment",
}
