package handshake

// serverDiagram is everything a server may be asked to do next: RFC 9846,
// Appendix A.2. RECVD_CH is AWAIT_CONFIG and, where a PSK was offered,
// AWAIT_TICKET; NEGOTIATED is left at once or through AWAIT_CREDENTIAL and
// AWAIT_SIGNATURE.
var serverDiagram = diagram[server]{
	Start:       {clientHello: {(*server).onClientHello, to(AwaitConfig)}},
	AwaitConfig: {configAnswer: {(*server).onConfig, to(WaitCH2, AwaitTicket, AwaitParameters, AwaitCredential)}},
	WaitCH2:     {clientHello: {(*server).onSecondClientHello, to(AwaitTicket, AwaitParameters, AwaitCredential)}},
	AwaitTicket: {ticketAnswer: {(*server).onTicket, to(AwaitTicket, AwaitParameters, AwaitVerdict, AwaitCredential, WaitEOED, WaitFinished)}},
	AwaitParameters: {
		parametersAnswer: {(*server).onParameters, to(AwaitCredential, WaitFinished)},
	},
	AwaitCredential: {credentialAnswer: {(*server).onCredential, to(AwaitSignature)}},
	AwaitSignature:  {signatureAnswer: {(*server).onSignature, to(WaitCert, WaitFinished)}},
	WaitEOED:        {endOfEarlyData: {(*server).onEndOfEarlyData, to(WaitFinished)}},
	WaitCert:        {certificate: {(*server).onCertificate, to(WaitCV, WaitFinished)}},
	WaitCV:          {certificateVerify: {(*server).onCertificateVerify, to(AwaitVerdict)}},
	AwaitVerdict:    {verdictAnswer: {(*server).onVerdict, to(WaitFinished)}},
	WaitFinished:    {finished: {(*server).onFinished, to(Connected)}},
	Connected:       {keyUpdate: {(*server).onKeyUpdate, to(Connected)}},
}
