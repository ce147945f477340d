package handshake

// AppendMessageHash appends the synthetic message that stands for ClientHello1
// in the transcript after a HelloRetryRequest, given its hash. It is never sent.
//
//	Hash(message_hash ||        /* Handshake type */
//	     00 00 Hash.length  ||  /* Handshake message length (bytes) */
//	     Hash(ClientHello1) ||  /* Hash of ClientHello1 */
//	     HelloRetryRequest  || ... || Mn)
//
// RFC 9846, Section 4.1.
func AppendMessageHash(dst, hash []byte) []byte {
	w := newMessage(dst, MsgMessageHash, len(hash))
	w.Opaque24(hash)
	return w.Result()
}
