package handshake

// clientDiagram is everything a client may be asked to do next: RFC 9846,
// Appendix A.1. An await state is passed through even when Config answers at
// once. WAIT_FINISHED leads on through AWAIT_CREDENTIAL and AWAIT_SIGNATURE
// when the server asked for a certificate.
//
// Choices of the hellos are correlated in ways the table does not show (a PSK
// excludes CertificateRequest); the arrows decide.
var clientDiagram = diagram[client]{
	WaitSH: {
		helloRetryRequest: {(*client).onHelloRetryRequest, to(WaitSH)},
		serverHello:       {(*client).onServerHello, to(WaitEE)},
	},
	WaitEE: {
		encryptedExtensions: {(*client).onEncryptedExtensions, to(WaitCertCR, AwaitVerdict, WaitFinished)},
	},
	WaitCertCR: {
		certificateRequest: {(*client).onCertificateRequest, to(WaitCert)},
		certificate:        {(*client).onCertificate, to(WaitCV)},
	},
	WaitCert:     {certificate: {(*client).onCertificate, to(WaitCV)}},
	WaitCV:       {certificateVerify: {(*client).onCertificateVerify, to(AwaitVerdict)}},
	AwaitVerdict: {verdictAnswer: {(*client).onVerdict, to(WaitFinished)}},
	WaitFinished: {finished: {(*client).onFinished, to(AwaitCredential, Connected)}},

	AwaitCredential: {credentialAnswer: {(*client).onCredential, to(AwaitSignature, Connected)}},
	AwaitSignature:  {signatureAnswer: {(*client).onSignature, to(Connected)}},

	Connected: {
		newSessionTicket: {(*client).onNewSessionTicket, to(Connected)},
		keyUpdate:        {(*client).onKeyUpdate, to(Connected)},
	},
}
