package signature

// What a CertificateVerify of TLS 1.3 begins with, before the transcript hash.
//
// "A string that consists of octet 32 (0x20) repeated 64 times" "The context
// string" "A single 0 byte which serves as the separator"
// RFC 9846, Section 4.5.2.
const (
	pad           = "                                                                "
	serverContent = pad + "TLS 1.3, server CertificateVerify\x00"
	clientContent = pad + "TLS 1.3, client CertificateVerify\x00"
)

// MaxContent is how many bytes the two functions below append at most, with a
// transcript hash of SHA-384.
const MaxContent = len(serverContent) + 48

// AppendServerContent appends to dst what the signature of a TLS 1.3 server's
// CertificateVerify covers (RFC 9846, Section 4.5.2), given the hash of the
// transcript up to its Certificate.
func AppendServerContent(dst, transcriptHash []byte) []byte {
	return append(append(dst, serverContent...), transcriptHash...)
}

// AppendClientContent does the same for a client's CertificateVerify.
func AppendClientContent(dst, transcriptHash []byte) []byte {
	return append(append(dst, clientContent...), transcriptHash...)
}
