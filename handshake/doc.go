// Package handshake is the handshake of TLS as a machine that is all data:
// whole messages and the application's answers go in, an ordered list of
// outputs comes out. It knows messages, secrets and epochs. It knows no
// records, no buffers of a caller's and no transport, and it does no I/O:
// records and QUIC's CRYPTO frames are two carriers of the same machine.
//
//	messages of the peer ──► Message  ┌─────────┐
//	                                  │ Machine │ ──► Take: messages at an epoch,
//	answers ──► UseConfig, Signed, …  └─────────┘     keys to send and to receive
//	            Pending: the question                 under, events, in order
//
// # How to read it
//
// Begin with the two tables, diagram_client.go and diagram_server.go; drawn,
// they are DIAGRAMS.md. A row is a state, in which the machine waits for one
// thing; an entry is an arrow: what one input makes happen, up to the next
// wait. What is not in the tables is refused in one place (diagram.go). The
// mechanism is machine.go.
//
// An arrow's method is called on and the input, and the messages it sends are
// built by methods called say and the message. With the figures of RFC 9846,
// Section 2, that is:
//
//	client                                                            server
//
//	start                ClientHello ------->
//	                                 <-------     HelloRetryRequest*  sayHelloRetryRequest
//	onHelloRetryRequest  ClientHello* ------>
//	                                                    ServerHello   sayServerHello
//	                                           {EncryptedExtensions}  sayEncryptedExtensions
//	                                           {CertificateRequest*}  sayCertificateRequest
//	                                                  {Certificate*}  sayCertificate
//	                                            {CertificateVerify*}  sayCertificateVerify
//	                                 <-------             {Finished}  sayFinished
//	onFinished           (EndOfEarlyData*)
//	sayCertificate       {Certificate*}
//	sayCertificateVerify {CertificateVerify*}
//	sayFinished          {Finished} ------->
//	                                 <-------    [NewSessionTicket*]  sayTickets
//	                     [KeyUpdate*] <---->           [KeyUpdate*]   (the carrier)
//
// And with the figure of RFC 5246, Section 7.3, and the ticket of RFC 5077:
//
//	start                ClientHello ------->
//	                                                    ServerHello   sayServerHello12
//	                                                    Certificate   sayCertificate12
//	                                             CertificateStatus*   onCredential12
//	                                              ServerKeyExchange   onSignature12
//	                                            CertificateRequest*   sayCertificateRequest12
//	                                 <-------       ServerHelloDone
//	sayCertificate12     Certificate*
//	sayClientKeyExchange ClientKeyExchange
//	onSignature12        CertificateVerify*
//	finishFlight12       [ChangeCipherSpec]
//	sayFinished12        Finished  ------->
//	                                              NewSessionTicket*   sayTicket12
//	                                             [ChangeCipherSpec]   finishFlight12
//	                                 <-------              Finished   sayFinished12
//
// Then, by role and version: client.go and server.go are the hellos, up to
// the fork of the versions; client13.go, server13.go what follows in TLS 1.3,
// with a server's HelloRetryRequest in retry13.go, resumption in psk13.go and
// early data in early13.go;
// auth13.go the messages that both sides prove themselves with; post13.go what
// comes after. The files with 12 in the name are the same of TLS 1.2:
// client_hello12.go and server_hello12.go what the hellos settle there,
// session12.go what is resumed. negotiate.go has the choices as functions of
// two lists.
//
// # Messages
//
// There is a file for each message (msg_) and for each extension that is
// worth one (ext_): the RFC's struct in the comment, Parse and Append. They
// judge the syntax; ext_legal.go is the table of RFC 9846, Section 4.3, that
// says which extension may stand where. The machine judges the rest.
//
// # Questions
//
// What an application may take its time for is a state (AWAIT_…): which
// Config, whose ticket, which credential, sign this, is this chain good. When
// the Config has the answer, ready.go gives it at once; otherwise the machine
// stops there and [Machine.Pending] says what it wants to know.
//
// # Choices
//
// TLS 1.2 leaves some. Renegotiation is refused with no_renegotiation, but as a
// fatal alert, where RFC 5246, Section 7.2.2, says "always a warning": who asks
// for it goes on to wait for it. A HelloRequest inside a handshake is refused
// too, and not ignored. Sessions without the extended main secret are not
// resumed (RFC 7627, Section 5.3, says SHOULD; Config.ResumeWithoutEMS), and
// export nothing (Section 5.4). A client without supported_groups gets no
// ECDHE, though RFC 8422, Section 4, would let the server guess. The verdict on
// the server's chain is asked for after its ServerKeyExchange: as in TLS 1.3,
// once there is proof.
//
// # Errors
//
// A refusal is an *alert.Error: an alert for the peer, a reason for programs,
// a detail for people. It leaves the state as it was and is for good. Answers
// that were not asked for are [ErrNotPending] and change nothing.
package handshake
