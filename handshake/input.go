package handshake

// inputKind names what can move a machine: a message of the peer's, or an
// answer of the application's.
type inputKind uint8

const (
	noInput inputKind = iota

	// Messages, RFC 9846, Section 4 and RFC 5246, Section 7.4. A ServerHello
	// with the special random is a HelloRetryRequest.
	clientHello
	serverHello
	helloRetryRequest
	encryptedExtensions
	certificateRequest
	certificate
	certificateVerify
	finished
	newSessionTicket
	keyUpdate
	endOfEarlyData
	helloRequest
	serverKeyExchange
	serverHelloDone
	clientKeyExchange
	certificateStatus
	changeCipherSpec // TLS 1.2 only: a record of its own, and still an input

	// Answers.
	configAnswer
	parametersAnswer
	ticketAnswer
	resumeAnswer
	credentialAnswer
	signatureAnswer
	verdictAnswer

	numInputs
)

var inputNames = [numInputs]string{
	noInput: "nothing", clientHello: "ClientHello", serverHello: "ServerHello",
	helloRetryRequest: "HelloRetryRequest", encryptedExtensions: "EncryptedExtensions",
	certificateRequest: "CertificateRequest", certificate: "Certificate",
	certificateVerify: "CertificateVerify", finished: "Finished", newSessionTicket: "NewSessionTicket",
	keyUpdate: "KeyUpdate", endOfEarlyData: "EndOfEarlyData", helloRequest: "HelloRequest",
	serverKeyExchange: "ServerKeyExchange", serverHelloDone: "ServerHelloDone",
	clientKeyExchange: "ClientKeyExchange", certificateStatus: "CertificateStatus",
	changeCipherSpec: "ChangeCipherSpec",
	configAnswer:     "Config", parametersAnswer: "Parameters", ticketAnswer: "Ticket", resumeAnswer: "Resume",
	credentialAnswer: "Credential", signatureAnswer: "Signature", verdictAnswer: "Verdict",
}

// String is the RFC's name of the message, or ours of the answer.
func (k inputKind) String() string { return inputNames[k] }

// fromPeer reports whether the input is a message of the peer's.
func (k inputKind) fromPeer() bool { return k > noInput && k < configAnswer }

// input is one thing that happened: what, and the bytes or the answer.
type input struct {
	kind   inputKind
	raw    []byte // the message with its header; valid during the step only
	answer answer // for answers
}

// body is the message without its header.
func (in *input) body() []byte { return in.raw[headerLen:] }

// answer is what the application said. One field is set, by kind.
type answer struct {
	config     *Config
	parameters []byte
	ticket     *TicketAnswer
	resume     ResumeAnswer
	credential *Credential
	signature  []byte
	err        error // the application refuses
}
