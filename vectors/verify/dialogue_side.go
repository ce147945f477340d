package verify

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"strings"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/vectors"
)

// A dialogueSide is what is known of one side.
type dialogueSide struct {
	name    vectors.Role
	fields  vectors.Fields
	rand    *bytes.Reader
	cert    []byte
	key     crypto.Signer
	public  crypto.PublicKey
	root    *x509.Certificate
	shares  map[group.ID]group.PrivateKey
	random  []byte
	records recordCheck
	partial []byte             // a handshake message that goes on in the next record
	secret  keyschedule.Secret // TLS 1.3: of the records it sends
}

// dialogueFields are the fields that a side may have.
var dialogueFields = " rand | server name | root certificate | certificate | private key | suites | groups | key shares | alpn | " +
	"pad to | max early data | retry cookie | client certificate | ticket key | tickets | sessions | signatures | staple | status request | " +
	"max fragment | max version | compatibility | transport parameters "

func (c *dialogueCheck) side(name vectors.Role) *dialogueSide {
	s := &dialogueSide{name: name, fields: c.section(string(name)), shares: map[group.ID]group.PrivateKey{}}
	c.step = string(name)
	for i := range s.fields {
		if fd := &s.fields[i]; !strings.Contains(dialogueFields, " "+fd.Name+" ") {
			c.line = fd.Line
			c.fail(fd.Name, "no check of this kind uses this field")
		}
	}
	s.rand = bytes.NewReader(c.octets(s.fields.Get("rand")))
	if fd := s.fields.Get("root certificate"); fd != nil {
		c.line = fd.Line
		var err error
		if s.root, err = x509.ParseCertificate(c.octets(fd)); err != nil {
			c.fail(fd.Name, "%v", err)
			return s
		}
		c.compared++
		if err := s.root.CheckSignatureFrom(s.root); err != nil {
			c.fail(fd.Name, "%v", err)
		}
	}
	s.pad()
	return s
}

// pad has records padded as the side does.
func (s *dialogueSide) pad() { s.records.writer.SetPadding(number(s.fields.Text("pad to"))) }

// number is the first word of a text such as "64 bytes".
func number(text string) (n int) {
	for _, digit := range text {
		if digit < '0' || digit > '9' || n > 1<<20 {
			break
		}
		n = 10*n + int(digit-'0')
	}
	return n
}

// trust checks a side's certificate under the peer's root, and its key.
func (c *dialogueCheck) trust(s, peer *dialogueSide) {
	fd, private := s.fields.Get("certificate"), s.fields.Get("private key")
	if fd == nil || private == nil {
		return
	}
	c.step, c.line = string(s.name), fd.Line
	s.cert = c.octets(fd)
	leaf, err := x509.ParseCertificate(s.cert)
	switch {
	case err != nil:
		c.fail(fd.Name, "%v", err)
		return
	case peer.root == nil:
		c.fail(fd.Name, "the peer has no root certificate")
		return
	}
	c.compared++
	if err := leaf.CheckSignatureFrom(peer.root); err != nil {
		c.fail(fd.Name, "%v", err)
	}
	c.line = private.Line
	signer, again, err := privateKey(c.octets(private))
	if err != nil {
		c.fail(private.Name, "%v", err)
		return
	}
	c.equal(private.Name, private.Line, c.octets(private), again)
	credential, err := tlsengine.NewCredential([][]byte{s.cert}, signer)
	if err != nil {
		c.fail(private.Name, "%v", err)
		return
	}
	s.key, s.public = credential.Signer, credential.Signer.Public()
}
