// Package quictls has the method set of crypto/tls's QUICConn, on top of
// [tlsengine.QUICConn]: a QUIC implementation that uses crypto/tls can be
// moved by changing the name of a type. New code has no need of it.
//
// It takes the same tls.Config. What happens is the same, but:
//
//   - There is no goroutine. Close frees nothing, and a context only ends what
//     has not begun. Errors come from the call that caused them, and as
//     QUICErrorEvent only where that call can return none.
//   - The Data of an event is the receiver's for good.
//   - An error wraps a [tls.AlertError], as it does there, and a
//     [*tlsengine.QUICError], whose Code is what RFC 9001 wants to see in
//     CONNECTION_CLOSE: not always 0x0100 and the alert.
//   - Tickets can be sent any number of times. They are sealed by
//     [tlsengine.TicketKeys], which all connections of a server share: set
//     them with a change of the Config (see [QUICServer]), or SessionTicketKey
//     in the tls.Config. Without keys there are no tickets. WrapSession and
//     UnwrapSession are not called.
//   - A SessionState here holds Extra and EarlyData alone; its Bytes mean
//     nothing. The ticket that goes with it ([tls.ClientSessionState]'s
//     ResumptionState) is the whole session, and can be stored.
//   - Context of a ClientHelloInfo or CertificateRequestInfo is nil, and
//     ExportKeyingMaterial is a method of [Conn], not of its ConnectionState:
//     crypto/tls does not let others set them.
//   - VerifyConnection is called where there is a chain to judge.
//   - Not looked at: CipherSuites and versions (QUIC has TLS 1.3 alone),
//     renegotiation, ECH, dynamic record sizes.
package quictls
