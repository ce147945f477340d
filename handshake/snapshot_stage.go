package handshake

import (
	"encoding"
	"errors"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/signature"
)

// keySecrets writes the stages of the key schedule.
//
//	struct {
//	    uint8 hash;                             /* TLS KDF Identifiers; 0: none  */
//	    opaque secret<0..48>;
//	} Stage;
//
//	struct {
//	    opaque client_random[32];
//	    Stage early;
//	    opaque client_early_traffic_secret<0..48>;    /* server          */
//	    Stage handshake;
//	    Stage main;
//	    opaque client_handshake_traffic_secret<0..48>;
//	    opaque server_handshake_traffic_secret<0..48>;
//	    opaque client_application_traffic_secret_0<0..48>;
//	    opaque server_application_traffic_secret_0<0..48>;
//	} KeySecrets;
func (f *Freezer) keySecrets(k *keySecrets) {
	f.Bytes(k.clientRandom[:])
	f.Uint8(uint8(k.early.Hash))
	f.secret(&k.early.Secret)
	f.secret(&k.earlyTraffic)
	f.Uint8(uint8(k.handshake.Hash))
	f.secret(&k.handshake.Secret)
	f.Uint8(uint8(k.main.Hash))
	f.secret(&k.main.Secret)
	f.secret(&k.client)
	f.secret(&k.server)
	f.secret(&k.clientApp)
	f.secret(&k.serverApp)
}

func (t *Thawer) keySecrets() *keySecrets {
	k := &keySecrets{}
	t.fill(k.clientRandom[:])
	k.early = keyschedule.EarlySecret{Hash: t.hash(), Secret: t.secret()}
	k.earlyTraffic = t.secret()
	k.handshake = keyschedule.HandshakeSecret{Hash: t.hash(), Secret: t.secret()}
	k.main = keyschedule.MainSecret{Hash: t.hash(), Secret: t.secret()}
	k.client, k.server = t.secret(), t.secret()
	k.clientApp, k.serverApp = t.secret(), t.secret()
	return k
}

// transcript writes the running hash, as the standard library writes it, or
// the messages that it will be of.
//
//	struct {
//	    uint8 hash;                             /* TLS KDF Identifiers; 0: none  */
//	    opaque running<0..2^8-1>;               /* of encoding.BinaryAppender    */
//	    opaque pending<0..2^24-1>;
//	    uint8 keep;
//	} Transcript;
func (f *Freezer) transcript(x *transcript) {
	f.Uint8(uint8(x.alg))
	f.Vector8(func() {
		if x.running == nil {
			return
		}
		h, ok := x.running.(encoding.BinaryAppender)
		if !ok {
			f.fail(errors.New("the transcript's hash cannot be frozen"))
			return
		}
		state, err := h.AppendBinary(nil)
		if err != nil {
			f.fail(err)
		}
		f.Bytes(state)
	})
	f.Opaque24(x.pending)
	f.Bool(x.keep)
}

func (t *Thawer) transcript() *transcript {
	x := &transcript{alg: t.hash()}
	state := t.Vector8()
	x.pending, x.keep = t.Opaque24(), t.Bool()
	if t.Failed() || (x.alg == 0) != (len(state) == 0) {
		t.Damaged()
		return x
	}
	if x.alg != 0 {
		x.running = x.alg.New()
		if h, ok := x.running.(encoding.BinaryUnmarshaler); !ok || h.UnmarshalBinary(state) != nil {
			t.Damaged()
		}
	}
	return x
}

// request writes what the peer takes as our proof, and what was chosen.
//
//	struct {
//	    SignatureScheme schemes<0..2^16-2>;
//	    opaque authorities<0..2^24-1>;          /* DER, each <0..2^24-1>         */
//	    opaque server_name<0..2^16-1>;
//	    uint8 status;
//	    uint8 ecdsa;                            /* TLS 1.2                       */
//	    uint8 rsa;                              /* TLS 1.2                       */
//	    uint8 types<0..2^8-1>;                  /* TLS 1.2: certificate_types    */
//	    NamedGroup curves<0..2^16-2>;           /* TLS 1.2                       */
//	    opaque chain<0..2^24-1>;                /* ours: DER, each <0..2^24-1>   */
//	    SignatureScheme scheme;
//	} CertificateContext;
func (f *Freezer) request(c *certificateContext) {
	freezeCodes(f, c.schemes)
	f.list(c.authorities)
	f.Opaque16([]byte(c.serverName))
	f.Bool(c.status)
	f.Bool(c.ecdsa)
	f.Bool(c.rsa)
	f.Vector8(func() {
		for _, t := range c.types {
			f.Uint8(uint8(t))
		}
	})
	freezeCodes(f, c.curves)
	f.list(c.chain)
	f.Uint16(uint16(c.scheme))
}

func (t *Thawer) request() *certificateContext {
	return &certificateContext{
		schemes: thawCodes[signature.Scheme](t), authorities: t.list(), serverName: string(t.Vector16()),
		status: t.Bool(), ecdsa: t.Bool(), rsa: t.Bool(), types: t.certificateTypes(), curves: thawCodes[group.ID](t),
		chain: t.list(), scheme: signature.Scheme(t.Uint16()),
	}
}

func (t *Thawer) certificateTypes() (list []ClientCertificateType) {
	for _, b := range t.Vector8() {
		list = append(list, ClientCertificateType(b))
	}
	return list
}

func freezeCodes[C ~uint16](f *Freezer, list []C) {
	f.Vector16(func() {
		for _, c := range list {
			f.Uint16(uint16(c))
		}
	})
}

func thawCodes[C ~uint16](t *Thawer) (list []C) {
	t.Within(t.Vector16(), func() { list = append(list, C(t.Uint16())) })
	return list
}

// session writes a session in its own format, see [session].
func (f *Freezer) session(s *session) {
	f.Optional(s != nil, func() { f.Vector24(func() { f.Bytes(s.append(nil)) }) })
}

func (t *Thawer) session() (s *session) {
	t.Optional(func() {
		var err error
		if s, err = parseSession(t.Opaque24()); err != nil {
			t.Damaged()
			return
		}
		suite := t.cfg.suite(s.suite)
		switch {
		case suite == nil:
			t.unfit("it has no cipher suite %v", s.suite)
		case Version(suite.Version) != s.version, len(s.secret) > cipher.MaxHashSize,
			s.version == VersionTLS12 && len(s.secret) != keyschedule.MainSecretSize:
			t.Damaged()
		}
	})
	return s
}
