package handshake

// stage12 writes what only a handshake of TLS 1.2 remembers.
//
//	struct {
//	    opaque server_random[32];
//	    opaque main_secret<0..48>;
//	    optional opaque session<0..2^24-1>;     /* a Session of session.go       */
//	    opaque session_id<0..2^8-1>;
//	    uint8 promised;
//	    uint8 status;
//	    opaque premain<0..2^8-1>;
//	    opaque share<0..2^16-1>;
//	    opaque ticket<0..2^16-1>;
//	    uint32 lifetime;
//	    NamedGroup group;
//	    opaque seed<0..2^16-1>;                 /* of package group; empty: none */
//	} Stage12;
func (f *Freezer) stage12(s *stage12) {
	f.Bytes(s.serverRandom[:])
	f.secret(&s.main)
	f.session(s.session)
	f.Opaque8(s.sessionID)
	f.Bool(s.promised)
	f.Bool(s.status)
	f.Opaque8(s.premain)
	f.Opaque16(s.share)
	f.Opaque16(s.ticket)
	f.Uint32(s.lifetime)
	f.group(s.group)
	f.Vector16(func() {
		if s.key != nil {
			f.Bytes(f.seed(s.key))
		}
	})
}

func (t *Thawer) stage12() *stage12 {
	s := &stage12{}
	t.fill(s.serverRandom[:])
	s.main, s.session, s.sessionID = t.secret(), t.session(), t.opaque8()
	s.promised, s.status = t.Bool(), t.Bool()
	s.premain, s.share, s.ticket = t.opaque8(), t.opaque16(), t.opaque16()
	s.lifetime, s.group = t.Uint32(), t.group()
	seed := t.Vector16()
	if t.Failed() || len(seed) == 0 {
		return s
	}
	if s.group == nil || !s.group.TLS12 {
		t.Damaged()
		return s
	}
	s.key = t.key(s.group, seed)
	return s
}
