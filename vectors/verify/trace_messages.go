package verify

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"

	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/signature"
	"github.com/tlsengine/tlsengine/vectors"
)

// headerLen is the length of a handshake message's header.
const headerLen = 4

// codecs parse the body of a message and write the message again.
var codecs = map[string]func(body []byte) ([]byte, error){
	"ClientHello":         again(handshake.ParseClientHello),
	"ServerHello":         again(handshake.ParseServerHello),
	"NewSessionTicket":    again(handshake.ParseNewSessionTicket),
	"EndOfEarlyData":      again(handshake.ParseEndOfEarlyData),
	"EncryptedExtensions": again(handshake.ParseEncryptedExtensions),
	"Certificate":         again(handshake.ParseCertificate),
	"CertificateRequest":  again(handshake.ParseCertificateRequest),
	"CertificateVerify":   again(handshake.ParseCertificateVerify),
	"Finished":            again(handshake.ParseFinished),
	"KeyUpdate":           again(handshake.ParseKeyUpdate),
}

func again[M any, P interface {
	*M
	Append(dst []byte) []byte
}](parse func(body []byte) (M, error)) func([]byte) ([]byte, error) {
	return func(body []byte) ([]byte, error) {
		m, err := parse(body)
		if err != nil {
			return nil, err
		}
		return P(&m).Append(nil), nil
	}
}

// message checks a handshake message by itself, and adds it to the transcript
// and to what the end's next record must carry.
func (c *traceCheck) message(s *vectors.Step) {
	msg := s.Get("")
	if codecs[s.Name] == nil || len(msg) < headerLen {
		c.fail("", "no message of this name, or shorter than its header")
		return
	}
	n := int(msg[1])<<16 | int(msg[2])<<8 | int(msg[3])
	if len(msg) < headerLen+n && s.Name == "ClientHello" {
		c.ends[s.Role].hello = msg // the rest comes with the binder
		return
	}
	c.wholeMessage(s, s.Name, msg)
}

// completeHello adds the binder to a ClientHello that was shown without.
func (c *traceCheck) completeHello(s *vectors.Step) {
	end := c.ends[s.Role]
	// PskBinderEntry binders<33..2^16-1>, with one opaque entry<32..255>.
	n := len(end.binder)
	binders := append([]byte{byte((n + 1) >> 8), byte(n + 1), byte(n)}, end.binder...)
	hello := append(bytes.Clone(end.hello), binders...)
	end.hello = nil
	c.wholeMessage(s, "ClientHello", hello)
}

func (c *traceCheck) wholeMessage(s *vectors.Step, name string, msg []byte) {
	rewritten, err := codecs[name](msg[headerLen:])
	if err != nil {
		c.fail("", "%v", err)
		return
	}
	c.equal("", s.Line+1, msg, rewritten)
	c.body(s, name, msg[headerLen:])
	c.transcript.add(s.Role, msg)
	end := c.ends[s.Role]
	end.flight = append(end.flight, msg...)
}

// body compares what a message has from other steps. The body has been parsed
// before, so parsing it again cannot fail.
func (c *traceCheck) body(s *vectors.Step, name string, body []byte) {
	end := c.ends[s.Role]
	switch name {
	case "ClientHello":
		m, _ := handshake.ParseClientHello(body)
		shares, _ := handshake.ParseKeyShareCH(extension(m.Extensions, handshake.ExtKeyShare))
		share, _ := shares.Get(end.groupID())
		c.hello(s, m.Random[:], share)
	case "ServerHello":
		m, _ := handshake.ParseServerHello(body)
		if m.IsHelloRetryRequest() {
			break
		}
		c.equal("cipher_suite", s.Line, []byte(c.suite.String()), []byte(m.CipherSuite.String()))
		share, _ := handshake.ParseKeyShareSH(extension(m.Extensions, handshake.ExtKeyShare))
		c.hello(s, m.Random[:], share.KeyExchange)
	case "Certificate":
		m, _ := handshake.ParseCertificate(body)
		c.certificate(end, m)
	case "CertificateVerify":
		m, _ := handshake.ParseCertificateVerify(body)
		c.signature(s, end, m)
	case "Finished":
		c.equal("", s.Line+1, body, end.finished)
	case "NewSessionTicket":
		m, _ := handshake.ParseNewSessionTicket(body)
		if c.nonce != nil {
			c.equal("ticket_nonce", s.Line+1, m.TicketNonce, c.nonce)
		}
	}
}

func extension(x handshake.Extensions, t handshake.ExtensionType) []byte {
	data, _ := x.Get(t)
	return data
}

func (e *endCheck) groupID() group.ID {
	if e.group == nil {
		return 0
	}
	return e.group.ID
}

// hello compares a hello's random with the input and its key share with the
// key that the trace shows.
func (c *traceCheck) hello(s *vectors.Step, random, share []byte) {
	c.input(string(s.Role)+" random", random)
	if key := c.ends[s.Role].key; key != nil {
		c.equal("key_share", s.Line+1, share, key.Share())
	}
}

func (c *traceCheck) certificate(end *endCheck, m handshake.Certificate) {
	if len(m.CertificateList) == 0 {
		return
	}
	cert, err := x509.ParseCertificate(m.CertificateList[0].CertData)
	if err != nil {
		c.fail("", "%v", err)
		return
	}
	end.public = cert.PublicKey
}

// signature verifies a CertificateVerify (RFC 9846, Section 4.5.2).
func (c *traceCheck) signature(s *vectors.Step, end *endCheck, m handshake.CertificateVerify) {
	algorithm := signature.Lookup(m.Algorithm)
	if algorithm == nil || end.public == nil {
		c.fail("", "no certificate, or %v is not implemented here", m.Algorithm)
		return
	}
	content := signature.AppendServerContent
	if s.Role == vectors.Client {
		content = signature.AppendClientContent
	}
	c.compared++
	if err := algorithm.Verify(end.public, content(nil, c.transcript.sum()), m.Signature); err != nil {
		c.fail("", "%v", err)
	}
}

// rsaKey compares the parts of the server's RSA key with each other and with
// the certificate.
func (c *traceCheck) rsaKey() {
	if c.trace.Input("server rsa modulus") == nil {
		return
	}
	key, err := c.trace.RSAKey()
	if err != nil {
		c.fail("server rsa private exponent", "%v", err)
		return
	}
	if public, ok := c.ends[vectors.Server].public.(*rsa.PublicKey); ok {
		c.input("server rsa modulus", public.N.Bytes())
		c.input("server rsa public exponent", []byte{byte(public.E >> 16), byte(public.E >> 8), byte(public.E)})
	}
	c.input("server rsa private exponent", key.D.Bytes())
	c.input("server rsa prime1", key.Primes[0].Bytes())
	c.input("server rsa prime2", key.Primes[1].Bytes())
	c.input("server rsa exponent1", key.Precomputed.Dp.Bytes())
	c.input("server rsa exponent2", key.Precomputed.Dq.Bytes())
	c.input("server rsa coefficient", key.Precomputed.Qinv.Bytes())
}
