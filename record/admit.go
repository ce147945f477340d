package record

import "github.com/tlsengine/tlsengine/internal/alert"

// admit judges a record by its header alone.
func (r *Reader) admit(h Header, in []byte) error {
	if err := r.admitVersion(h, in); err != nil {
		return err
	}
	// "If a TLS implementation receives an unexpected record type, it MUST
	// terminate the connection with an "unexpected_message" alert." RFC 9846,
	// Section 5.
	if !h.Type.known() {
		return alert.UnknownRecordType.Errorf("peer sent a record of type %d", h.Type)
	}
	// "Application Data records MUST NOT be written to the wire unprotected"
	// RFC 9846, Section 5.1.
	if h.Type == ApplicationData && r.prot.suite == nil && r.skip == 0 {
		return alert.UnexpectedRecord.Errorf("peer sent application data before there are keys")
	}
	// "An endpoint that receives a record that exceeds this length MUST
	// terminate the connection with a "record_overflow" alert." RFC 9846,
	// Sections 5.1 and 5.2.
	if limit := r.maxBody(h.Type); h.Length > limit {
		return alert.RecordTooLong.Errorf("peer sent a record of %d bytes, more than %d", h.Length, limit)
	}
	return nil
}

// admitVersion judges legacy_record_version. It says nothing about the
// protocol, but tells a record from what is none.
func (r *Reader) admitVersion(h Header, in []byte) error {
	if r.sealed(h.Type) {
		// "The legacy_record_version field is always 0x0303." RFC 9846,
		// Section 5.2.
		if h.Version != RecordVersion {
			return alert.WrongRecordVersion.Errorf("peer sent a protected record of version 0x%04x", h.Version)
		}
		return nil
	}
	// "This field is deprecated and MUST be ignored for all purposes."
	// RFC 9846, Section 5.1. A first byte other than 3 was never TLS.
	if h.Version>>8 == 3 {
		return nil
	}
	if h.Type.known() || r.prot.suite != nil {
		return alert.WrongRecordVersion.Errorf("peer sent a record of version 0x%04x", h.Version)
	}
	return notTLS(in).Errorf("peer does not speak TLS")
}

// sealed reports whether a record of that type in its header goes through the
// AEAD. In TLS 1.3 alerts and change_cipher_spec by that name are unprotected.
// A handshake record is not expected by that name, but it is opened
// nevertheless, to tell a forged one from a peer that errs.
func (r *Reader) sealed(t ContentType) bool {
	if r.prot.tls13 {
		return t == ApplicationData || t == Handshake
	}
	return r.prot.suite != nil
}

func (r *Reader) maxBody(t ContentType) int {
	switch {
	case r.sealed(t) && !r.prot.tls13:
		return MaxCiphertext12
	case t == ApplicationData || r.sealed(t):
		return MaxCiphertext13
	}
	return MaxPlaintext
}
