package dissect

import "github.com/tlsengine/tlsengine/internal/registry"

// "struct { opaque certificate_request_context<0..2^8-1>; CertificateEntry
// certificate_list<0..2^24-1>; } Certificate;" RFC 9846, Section 4.5.1; and
// without contexts and extensions in RFC 5246, Section 7.4.2.
func certificate(c *cursor) {
	if c.ctx.RawKey && !certificate13(c) {
		c.inside("ASN1_subjectPublicKeyInfo", "cert.data", 3, certificateBody) // RFC 7250, Section 3
		return
	}
	if !certificate13(c) {
		c.list("certificate_list", "cert.list", 3, func(c *cursor, id string) {
			c.inside(id, "cert.data", 3, certificateBody)
		})
		return
	}
	c.opaque("certificate_request_context", "cert.context", 1)
	c.list("certificate_list", "cert.list", 3, func(c *cursor, id string) {
		c.group(id, "cert.entry", certificateEntryLen(c), func(c *cursor) {
			c.inside("cert_data", "cert.data", 3, certificateBody)
			extensions(c, inCertificate)
		})
	})
}

func certificateBody(c *cursor) { derAll(c, &typeCertificate) }

// certificateEntryLen is how long the entry in front is: data and extensions.
func certificateEntryLen(c *cursor) int {
	data := c.extent(0, 3, 2)
	if data < 5 || data > c.left() {
		return c.left()
	}
	return min(data+int(number(c.b[c.pos+data-2:c.pos+data])), c.left())
}

// certificate13 reports whether a Certificate or CertificateRequest has the
// form of TLS 1.3. Where the version is not known, the lengths decide: a list
// that fills a Certificate of TLS 1.2 starts with the high byte of its length,
// which is 0 as an empty context is.
func certificate13(c *cursor) bool {
	if c.ctx.Version != 0 {
		return c.ctx.Version >= tls13
	}
	context := int(c.peek(1))
	if c.left() < 1+context+3 {
		return false
	}
	list := number(c.b[c.pos+1+context : c.pos+1+context+3])
	return int(list) == c.left()-1-context-3
}

// Certificate dissects one certificate, a bare public key or an OCSP response
// in DER.
func Certificate(b []byte) Field {
	return root("cert.data", b, Context{}, certificateBody)
}

// "struct { CertificateCompressionAlgorithm algorithm; uint24
// uncompressed_length; opaque compressed_certificate_message<1..2^24-1>; }
// CompressedCertificate;" RFC 8879, Section 4.
func compressedCertificate(c *cursor) {
	c.code("algorithm", "cert.compression", registry.CertificateCompressions)
	c.uint("uncompressed_length", "cert.uncompressed_length", 3)
	c.opaque("compressed_certificate_message", "cert.compressed", 3)
}

// RFC 9846, Section 4.4.2: a context and extensions; RFC 5246, Section 7.4.4:
// three lists, of which TLS 1.1 has not the second.
func certificateRequest(c *cursor) {
	if version := c.ctx.Version; version >= tls13 || version == 0 && certificateRequest13(c) {
		c.opaque("certificate_request_context", "cert.context", 1)
		extensions(c, inCertificateRequest)
		return
	}
	c.codes("certificate_types", "cr.types", 1, "cr.type", registry.ClientCertificateTypes)
	if c.ctx.Version > tls11 || c.ctx.Version == 0 {
		signatureSchemes(c)
	}
	distinguishedNames(c, "certificate_authorities", "cr.authorities")
}

// certificateRequest13 guesses by the lengths: a context and extensions that
// fill the message.
func certificateRequest13(c *cursor) bool {
	context := int(c.peek(1))
	if c.left() < 1+context+2 {
		return false
	}
	return int(number(c.b[c.pos+1+context:c.pos+1+context+2])) == c.left()-1-context-2
}

// "struct { SignatureScheme algorithm; opaque signature<0..2^16-1>; }
// CertificateVerify;" RFC 9846, Section 4.5.2. TLS 1.1 has no algorithm.
func certificateVerify(c *cursor) {
	if c.ctx.Version == 0 || c.ctx.Version > tls11 {
		c.code("algorithm", "cv.algorithm", registry.SignatureSchemes)
	}
	c.opaque("signature", "cv.signature", 2)
}

// "struct { CertificateStatusType status_type; select (status_type) { case
// ocsp: OCSPResponse; } response; } CertificateStatus;" RFC 6066, Section 8.
func certificateStatus(c *cursor) {
	switch c.code("status_type", "status.type", registry.StatusTypes) {
	case 1:
		c.inside("ocsp_response", "status.response", 3, ocspResponse)
	case 2:
		c.list("ocsp_response_list", "status.responses", 3, func(c *cursor, id string) {
			c.inside(id, "status.response", 3, ocspResponse)
		})
	default:
		c.bytes("response", "status.response", c.left())
	}
}

func ocspResponse(c *cursor) { derAll(c, &typeOCSPResponse) }

// statusRequest is what a client asks (RFC 6066, Section 8) or, beside a
// certificate, the answer (RFC 9846, Section 4.5.1.1).
func statusRequest(c *cursor, in where) {
	if in == inCertificate {
		certificateStatus(c)
		return
	}
	c.code("status_type", "status.type", registry.StatusTypes)
	ocspRequest(c)
}

func ocspRequest(c *cursor) {
	c.list("responder_id_list", "status.responder_ids", 2, func(c *cursor, id string) {
		c.opaque(id, "status.responder_id", 2)
	})
	c.opaque("request_extensions", "status.request_extensions", 2)
}

// RFC 6961, Section 2.2.
func statusRequestV2(c *cursor) {
	c.list("certificate_status_req_list", "status.requests", 2, func(c *cursor, id string) {
		c.group(id, "status.request", c.extent(1, 2, 0), func(c *cursor) {
			c.code("status_type", "status.type", registry.StatusTypes)
			if _, ok := c.length("request_length", "status.request", 2); ok {
				ocspRequest(c)
			}
		})
	})
}

// RFC 6962, Section 3.3: empty from the client, else a list of timestamps.
func signedCertificateTimestamps(c *cursor, _ where) {
	c.list("sct_list", "sct.list", 2, func(c *cursor, id string) {
		c.inside(id, "sct", 2, timestamp)
	})
}

// "struct { Version sct_version; LogID id; uint64 timestamp; CtExtensions
// extensions; digitally-signed struct { … }; } SignedCertificateTimestamp;"
// RFC 6962, Section 3.2.
func timestamp(c *cursor) {
	if c.uint("sct_version", "sct.version", 1) != 0 {
		c.bytes("data", "ext.data", c.left())
		return
	}
	c.bytes("id", "sct.log_id", 32)
	c.leaf("timestamp", "sct.timestamp", 8, milliseconds)
	c.opaque("extensions", "sct.extensions", 2)
	c.code("hash", "sct.hash", registry.HashAlgorithms)
	c.code("signature_algorithm", "sct.signature_algorithm", registry.SignatureAlgorithms)
	c.opaque("signature", "sct.signature", 2)
}

// RFC 9345, Section 4: schemes from the client, beside a certificate the
// credential.
func delegatedCredential(c *cursor, in where) {
	if in != inCertificate {
		signatureSchemes(c)
		return
	}
	c.uint("valid_time", "dc.valid_time", 4)
	c.code("dc_cert_verify_algorithm", "dc.cert_verify_algorithm", registry.SignatureSchemes)
	c.inside("ASN1_subjectPublicKeyInfo", "dc.public_key", 3, certificateBody)
	c.code("algorithm", "dc.algorithm", registry.SignatureSchemes)
	c.opaque("signature", "dc.signature", 2)
}
