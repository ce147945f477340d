package handshake

// clientDiagram is everything a client may be asked to do next: RFC 9846,
// Appendix A.1, and RFC 5246, Section 7.3. An await state is passed through even when Config answers at
// once. WAIT_FINISHED leads on through AWAIT_CREDENTIAL and AWAIT_SIGNATURE
// when the server asked for a certificate.
//
// Choices of the hellos are correlated in ways the table does not show (a PSK
// excludes CertificateRequest); the arrows decide. So it is in TLS 1.2 with a
// session that is resumed: it leads from the ServerHello straight to
// WAIT12_NST or WAIT12_CCS, or there through AWAIT12_VERDICT.
var clientDiagram = diagram[client]{
	WaitSH: {
		helloRetryRequest: {(*client).onHelloRetryRequest, to(WaitSH)},
		serverHello:       {(*client).onServerHello, to(WaitEE, Wait12Cert, Await12Verdict, Wait12NST, Wait12CCS)},
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

	Wait12Cert: {certificate: {(*client).onCertificate12, to(Wait12StatusSKE, Wait12SKE)}},
	Wait12StatusSKE: {
		certificateStatus: {(*client).onCertificateStatus12, to(Wait12SKE)},
		serverKeyExchange: {(*client).onServerKeyExchange12, to(Await12Verdict)},
	},
	Wait12SKE:      {serverKeyExchange: {(*client).onServerKeyExchange12, to(Await12Verdict)}},
	Await12Verdict: {verdictAnswer: {(*client).onVerdict12, to(Wait12CRDone, Wait12NST, Wait12CCS)}},
	Wait12CRDone: {
		certificateRequest: {(*client).onCertificateRequest12, to(Wait12Done)},
		serverHelloDone:    {(*client).onServerHelloDone12, to(Wait12NST, Wait12CCS)},
	},
	Wait12Done:        {serverHelloDone: {(*client).onServerHelloDone12, to(Await12Credential)}},
	Await12Credential: {credentialAnswer: {(*client).onCredential12, to(Await12Signature, Wait12NST, Wait12CCS)}},
	Await12Signature:  {signatureAnswer: {(*client).onSignature12, to(Wait12NST, Wait12CCS)}},
	Wait12NST:         {newSessionTicket: {(*client).onNewSessionTicket12, to(Wait12CCS)}},
	Wait12CCS:         {changeCipherSpec: {(*client).onChangeCipherSpec12, to(Wait12Finished)}},
	Wait12Finished:    {finished: {(*client).onFinished12, to(Connected12)}},
	Connected12:       {helloRequest: {(*client).onHelloRequest12, nowhere}},
}
