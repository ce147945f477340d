package handshake

// serverDiagram is everything a server may be asked to do next: RFC 9846,
// Appendix A.2, and RFC 5246, Section 7.3. RECVD_CH is AWAIT_CONFIG and, where
// a PSK was offered, AWAIT_TICKET and AWAIT_RESUME; NEGOTIATED is left at once
// or through AWAIT_CREDENTIAL and AWAIT_SIGNATURE.
var serverDiagram = diagram[server]{
	Start:       {clientHello: {(*server).onClientHello, to(AwaitConfig)}},
	AwaitConfig: {configAnswer: {(*server).onConfig, to(WaitCH2, AwaitTicket, AwaitParameters, AwaitCredential, Await12Ticket, Await12Credential)}},
	WaitCH2:     {clientHello: {(*server).onSecondClientHello, to(AwaitTicket, AwaitParameters, AwaitCredential)}},
	AwaitTicket: {ticketAnswer: {(*server).onTicket, to(AwaitTicket, AwaitResume, AwaitParameters, AwaitCredential)}},
	AwaitResume: {resumeAnswer: {(*server).onResume, to(AwaitParameters, AwaitVerdict, AwaitCredential, WaitEOED, WaitFinished)}},
	AwaitParameters: {
		parametersAnswer: {(*server).onParameters, to(AwaitCredential, WaitFinished)},
	},
	AwaitCredential: {credentialAnswer: {(*server).onCredential, to(AwaitSignature)}},
	AwaitSignature:  {signatureAnswer: {(*server).onSignature, to(WaitCert, WaitFinished)}},
	WaitEOED:        {endOfEarlyData: {(*server).onEndOfEarlyData, to(WaitFinished)}},
	WaitCert:        {certificate: {(*server).onCertificate, to(WaitCV, WaitFinished)}},
	WaitCV:          {certificateVerify: {(*server).onCertificateVerify, to(AwaitVerdict)}},
	AwaitVerdict:    {verdictAnswer: {(*server).onVerdict, to(AwaitParameters, WaitEOED, WaitFinished)}},
	WaitFinished:    {finished: {(*server).onFinished, to(Connected)}},
	Connected:       {keyUpdate: {(*server).onKeyUpdate, to(Connected)}},

	Await12Ticket:     {ticketAnswer: {(*server).onTicket12, to(Await12Credential, Await12Resume)}},
	Await12Resume:     {resumeAnswer: {(*server).onResume12, to(Await12Credential, Await12Verdict, Wait12CCS)}},
	Await12Credential: {credentialAnswer: {(*server).onCredential12, to(Await12Signature)}},
	Await12Signature:  {signatureAnswer: {(*server).onSignature12, to(Wait12Cert, Wait12CKE)}},
	Wait12Cert:        {certificate: {(*server).onCertificate12, to(Wait12CKE)}},
	Wait12CKE:         {clientKeyExchange: {(*server).onClientKeyExchange12, to(Wait12CV, Wait12CCS)}},
	Wait12CV:          {certificateVerify: {(*server).onCertificateVerify12, to(Await12Verdict)}},
	Await12Verdict:    {verdictAnswer: {(*server).onVerdict12, to(Wait12CCS)}},
	Wait12CCS:         {changeCipherSpec: {(*server).onChangeCipherSpec12, to(Wait12Finished)}},
	Wait12Finished:    {finished: {(*server).onFinished12, to(Connected12)}},
	Connected12:       {clientHello: {(*server).onRenegotiation12, nowhere}},
}
