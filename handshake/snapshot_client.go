package handshake

// offer writes what a client remembers of its ClientHello.
//
//	struct {
//	    NamedGroup group;
//	    opaque seed<0..2^16-1>;                 /* of package group              */
//	} OwnShare;
//
//	struct {
//	    opaque hello<0..2^24-1>;                /* as sent, header included      */
//	    opaque session_id<0..2^8-1>;
//	    OwnShare shares<0..2^24-1>;
//	    optional opaque session<0..2^24-1>;     /* a Session of session.go       */
//	    opaque retry<0..2^24-1>;                /* the HelloRetryRequest         */
//	    uint8 early;
//	} Offer;
func (f *Freezer) offer(o *offer) {
	f.Opaque24(o.hello)
	f.Opaque8(o.sessionID)
	f.Vector24(func() {
		for _, s := range o.shares {
			f.Uint16(uint16(s.group))
			f.Opaque16(f.seed(s.key))
		}
	})
	f.session(o.session)
	f.Opaque24(o.retried)
	f.Bool(o.early)
}

func (t *Thawer) offer() *offer {
	o := &offer{hello: t.Opaque24(), sessionID: t.opaque8()}
	t.Within(t.Vector24(), func() { o.shares = append(o.shares, t.ownShare()) })
	o.session, o.retried = t.session(), t.Opaque24()
	o.early = t.Bool()
	if t.Failed() {
		return o
	}
	if _, err := ParseClientHello(withoutHeader(o.hello)); err != nil {
		t.Damaged()
	}
	if o.retried != nil {
		t.retry(o)
	}
	return o
}

// withoutHeader is the body of a message that may be shorter than its header:
// then there is none, which no parser takes.
func withoutHeader(raw []byte) []byte { return raw[min(headerLen, len(raw)):] }

// retry parses the HelloRetryRequest again.
func (t *Thawer) retry(o *offer) {
	hrr, err := ParseServerHello(withoutHeader(o.retried))
	if err != nil {
		t.Damaged()
	}
	o.retry = &hrr
}

func (t *Thawer) ownShare() ownShare {
	g, seed := t.group(), t.Vector16()
	if g == nil {
		t.Damaged()
		return ownShare{}
	}
	return ownShare{g.ID, t.key(g, seed)}
}
