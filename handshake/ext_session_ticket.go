package handshake

// AppendSessionTicket appends the session_ticket extension of a TLS 1.2
// ClientHello: the data are the ticket itself, or nothing where a new one is
// asked for. A server's answer is empty. RFC 5077, Section 3.2.
func AppendSessionTicket(x Extensions, ticket []byte) Extensions {
	return AppendExtension(x, ExtSessionTicket, ticket)
}
