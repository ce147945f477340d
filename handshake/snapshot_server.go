package handshake

// serverPart writes what only a server has.
//
//	struct {
//	    optional Received hello;
//	    optional PSK psk;
//	    uint8 modes;
//	} ServerPart;
func (f *Freezer) serverPart(s *server) {
	f.Optional(s.hello != nil, func() { f.received(s.hello) })
	f.Optional(s.psk != nil, func() { f.psk(s.psk) })
	f.Bool(s.modes)
}

func (t *Thawer) serverPart(s *server) {
	t.Optional(func() { s.hello = t.received() })
	t.Optional(func() { s.psk = t.psk(s.hello) })
	s.modes = t.Bool()
}

// received writes the ClientHello, which is parsed again.
//
//	struct {
//	    opaque raw<0..2^24-1>;                  /* header included               */
//	    uint8 early;
//	    NamedGroup group;                       /* that was chosen; 0: not yet   */
//	    uint8 share;                            /* the client's share of it too  */
//	} Received;
func (f *Freezer) received(r *received) {
	f.Opaque24(r.raw)
	f.Bool(r.early)
	f.group(r.group)
	f.Bool(r.share.KeyExchange != nil)
}

func (t *Thawer) received() *received {
	raw, early, g, share := t.Vector24(), t.Bool(), t.group(), t.Bool()
	if t.Failed() || len(raw) < headerLen {
		t.Damaged()
		return nil
	}
	r, err := readClientHello(raw)
	if err != nil {
		t.Damaged()
		return nil
	}
	r.early, r.group = early, g
	if share {
		t.share(r)
	}
	return r
}

// share finds the client's share again.
func (t *Thawer) share(r *received) {
	data, ok := r.hello.Extensions.Get(ExtKeyShare)
	if !ok || r.group == nil {
		t.Damaged()
		return
	}
	shares, err := ParseKeyShareCH(data)
	if err != nil {
		t.Damaged()
		return
	}
	r.share.Group = r.group.ID
	if r.share.KeyExchange, ok = shares.Get(r.group.ID); !ok {
		t.Damaged()
	}
}

// psk writes the walk through the identities, which are read from the
// ClientHello again.
//
//	struct {
//	    uint16 index;
//	    opaque truncated<0..2^8-1>;
//	    optional opaque session<0..2^24-1>;     /* a Session of session.go       */
//	    uint8 vouched;
//	    EarlyDataStatus early;
//	} PSK;
func (f *Freezer) psk(p *psk) {
	f.Uint16(uint16(p.index))
	f.Opaque8(p.truncated)
	f.session(p.session)
	f.Bool(p.vouched)
	f.Uint8(uint8(p.early))
}

func (t *Thawer) psk(hello *received) *psk {
	p := &psk{index: int(t.Uint16()), truncated: t.opaque8(), session: t.session(), vouched: t.Bool(), early: t.early()}
	if t.Failed() || hello == nil {
		t.Damaged()
		return nil
	}
	data, ok := hello.hello.Extensions.Get(ExtPreSharedKey)
	if !ok {
		t.Damaged()
		return nil
	}
	var err error
	if p.offered, err = ParsePreSharedKeyCH(data); err != nil || p.index >= p.offered.Identities.Len() {
		t.Damaged()
	}
	return p
}
