package handshake

import "github.com/tlsengine/tlsengine/signature"

// ParseSignatureAlgorithms parses the signature_algorithms extension. The list
// aliases data.
//
//	struct {
//	    SignatureScheme supported_signature_algorithms<2..2^16-2>;
//	} SignatureSchemeList;
//
// RFC 9846, Section 4.3.3.
func ParseSignatureAlgorithms(data []byte) (List16[signature.Scheme], error) {
	return parseCodes[signature.Scheme](ExtSignatureAlgorithms, data)
}

// AppendSignatureAlgorithms appends the signature_algorithms extension.
func AppendSignatureAlgorithms(x Extensions, schemes List16[signature.Scheme]) Extensions {
	return appendOpaque16(x, ExtSignatureAlgorithms, schemes)
}

// ParseSignatureAlgorithmsCert parses the signature_algorithms_cert extension,
// which has the same syntax and speaks of the signatures in certificates. The
// list aliases data.
func ParseSignatureAlgorithmsCert(data []byte) (List16[signature.Scheme], error) {
	return parseCodes[signature.Scheme](ExtSignatureAlgorithmsCert, data)
}

// AppendSignatureAlgorithmsCert appends the signature_algorithms_cert
// extension.
func AppendSignatureAlgorithmsCert(x Extensions, schemes List16[signature.Scheme]) Extensions {
	return appendOpaque16(x, ExtSignatureAlgorithmsCert, schemes)
}
