package handshake

import (
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
)

// held is a set of what a machine may hold.
type held uint32

const (
	holdsKeys       held = 1 << iota // keySecrets
	holdsTranscript                  // its messages, or its hash:
	holdsHash                        // the hash is known
	holdsSuite                       // a suite was agreed on
	holdsRequest                     // what the peer takes as our proof
	holdsChain                       // the peer's certificates
	holdsExporter                    // TLS 1.3: exporter_secret
	holdsOffer                       // client
	holdsHello                       // server: the ClientHello
	holdsShare                       // server: the client's share of the group that was chosen
	holdsPSK                         // server
	holds12                          // stage12
	holdsKey12                       // server: its key
	holdsShare12                     // client: its share and what it led to
	holdsAfter12                     // what exporters of TLS 1.2 need
	holdsEarly                       // the Early Secret
	holdsStage                       // the Handshake Secret
	holdsMain                        // the Main Secret
)

// holds is what the machine holds.
func (m *Machine) holds() (h held) {
	set := func(b held, is bool) {
		if is {
			h |= b
		}
	}
	set(holdsKeys, m.keys != nil)
	set(holdsTranscript, m.transcript != nil)
	set(holdsHash, m.transcript != nil && m.transcript.started())
	set(holdsSuite, m.facts.Suite != nil)
	set(holdsRequest, m.request != nil)
	set(holdsChain, m.peer.chain != nil)
	set(holdsExporter, m.after.exporter.Len() != 0)
	set(holdsOffer, m.client != nil && m.client.offer != nil)
	if s := m.server; s != nil {
		set(holdsHello, s.hello != nil)
		set(holdsShare, s.hello != nil && s.hello.share.KeyExchange != nil)
		set(holdsPSK, s.psk != nil)
	}
	set(holds12, m.t12 != nil)
	set(holdsKey12, m.t12 != nil && m.t12.key != nil)
	set(holdsShare12, m.t12 != nil && m.t12.share != nil && m.t12.premain != nil)
	set(holdsAfter12, m.after.tls12 != nil)
	if k := m.keys; k != nil {
		set(holdsEarly, k.early.Hash != 0 && m.t12 == nil)
		set(holdsStage, k.handshake.Hash != 0)
		set(holdsMain, k.main.Hash != 0)
	}
	return h
}

// An invariant says what a machine holds in a state. What is neither there
// must not be.
type invariant struct{ must, may held }

const (
	stage13 = holdsKeys | holdsTranscript | holdsHash | holdsSuite
	flight  = stage13 | holdsExporter | holdsMain
	hello12 = holdsKeys | holdsTranscript | holdsHello | holds12
	flight2 = holdsKeys | holdsTranscript | holdsHash | holdsSuite | holds12
)

// clientHolds are the invariants of a client's states. A state without one is
// none of them.
var clientHolds = [numStates]invariant{
	Start:           {must: holdsTranscript},
	WaitSH:          {must: holdsKeys | holdsTranscript | holdsOffer, may: holdsHash | holdsSuite | holdsEarly},
	WaitEE:          {must: stage13 | holdsStage | holdsOffer},
	WaitCertCR:      {must: stage13 | holdsStage | holdsOffer},
	WaitCert:        {must: stage13 | holdsStage | holdsOffer | holdsRequest},
	WaitCV:          {must: stage13 | holdsStage | holdsOffer | holdsChain, may: holdsRequest},
	AwaitVerdict:    {must: stage13 | holdsStage | holdsOffer | holdsChain, may: holdsRequest},
	WaitFinished:    {must: stage13 | holdsStage | holdsOffer, may: holdsRequest | holdsChain},
	AwaitCredential: {must: flight | holdsOffer | holdsRequest | holdsChain},
	AwaitSignature:  {must: flight | holdsOffer | holdsRequest | holdsChain},
	Connected:       {must: holdsSuite | holdsExporter, may: holdsChain},

	Wait12Cert:        {must: flight2 | holdsOffer},
	Wait12StatusSKE:   {must: flight2 | holdsOffer | holdsChain},
	Wait12SKE:         {must: flight2 | holdsOffer | holdsChain},
	Await12Verdict:    {must: flight2 | holdsOffer | holdsChain, may: holdsShare12},
	Wait12CRDone:      {must: flight2 | holdsOffer | holdsChain | holdsShare12},
	Wait12Done:        {must: flight2 | holdsOffer | holdsChain | holdsShare12 | holdsRequest},
	Await12Credential: {must: flight2 | holdsOffer | holdsChain | holdsShare12 | holdsRequest},
	Await12Signature:  {must: flight2 | holdsOffer | holdsChain | holdsRequest},
	Wait12NST:         {must: flight2 | holdsOffer, may: holdsChain},
	Wait12CCS:         {must: flight2 | holdsOffer, may: holdsChain},
	Wait12Finished:    {must: flight2 | holdsOffer, may: holdsChain},
	Connected12:       {must: holdsSuite | holdsAfter12, may: holdsChain},
}

// serverHolds are the invariants of a server's states.
var serverHolds = [numStates]invariant{
	Start:           {must: holdsTranscript},
	AwaitConfig:     {must: holdsKeys | holdsTranscript | holdsHello},
	WaitCH2:         {must: stage13 | holdsHello},
	AwaitTicket:     {must: stage13 | holdsHello | holdsShare | holdsPSK},
	AwaitResume:     {must: stage13 | holdsEarly | holdsHello | holdsShare | holdsPSK},
	AwaitParameters: {must: stage13 | holdsEarly | holdsHello | holdsShare, may: holdsPSK | holdsChain},
	AwaitCredential: {must: stage13 | holdsEarly | holdsHello | holdsShare},
	AwaitSignature:  {must: stage13 | holdsStage | holdsHello | holdsShare | holdsRequest},
	WaitEOED:        {must: flight, may: holdsChain},
	WaitCert:        {must: flight},
	WaitCV:          {must: flight | holdsChain},
	AwaitVerdict:    {must: stage13 | holdsChain, may: holdsExporter | holdsMain | holdsHello | holdsShare | holdsPSK | holdsEarly},
	WaitFinished:    {must: flight, may: holdsChain},
	Connected:       {must: holdsSuite | holdsExporter, may: holdsChain},

	Await12Ticket:     {must: hello12},
	Await12Resume:     {must: hello12},
	Await12Credential: {must: hello12},
	Await12Signature:  {must: flight2 | holdsHello | holdsKey12 | holdsRequest},
	Wait12Cert:        {must: flight2 | holdsKey12},
	Wait12CKE:         {must: flight2 | holdsKey12, may: holdsChain},
	Wait12CV:          {must: flight2 | holdsChain},
	Await12Verdict:    {must: holdsKeys | holdsTranscript | holdsSuite | holds12 | holdsChain, may: holdsHash | holdsHello},
	Wait12CCS:         {must: flight2, may: holdsChain},
	Wait12Finished:    {must: flight2, may: holdsChain},
	Connected12:       {must: holdsSuite | holdsAfter12, may: holdsChain},
}

// check holds a machine that was read to the invariants of its state, and to
// its Config.
func (t *Thawer) check(m *Machine) {
	if t.Err() != nil {
		return
	}
	switch {
	case !m.holdsWhatItMust() || !m.hashesFit() || !m.stateSound():
		t.Damaged()
	case m.server != nil && m.t12 != nil && m.t12.promised && m.cfg.TicketKeys == nil:
		t.unfit("it has no TicketKeys, and a ticket was promised")
	case m.server != nil && m.cfg.SessionCache == nil && (m.after.sessionID != nil || m.t12 != nil && m.t12.sessionID != nil):
		t.unfit("it has no SessionCache, and a session was promised")
	}
}

// holdsWhatItMust reports whether the machine holds what its state says.
func (m *Machine) holdsWhatItMust() bool {
	inv := serverHolds[m.state]
	if m.client != nil {
		inv = clientHolds[m.state]
	}
	has := m.holds()
	return inv.must != 0 && has&inv.must == inv.must && has&^(inv.must|inv.may) == 0
}

// hashesFit reports whether what a hash made is of the suite's.
func (m *Machine) hashesFit() bool {
	if m.facts.Suite == nil {
		return true
	}
	alg := m.facts.Suite.Hash
	a, ok := &m.after, true
	for _, n := range []int{a.exporter.Len(), a.earlyExporter.Len(), a.resumption.Len()} {
		ok = ok && (n == 0 || n == alg.Size())
	}
	if m.transcript != nil && m.transcript.started() {
		ok = ok && m.transcript.alg == alg
	}
	if k := m.keys; k != nil && m.state != WaitSH { // where the server may still choose another
		for _, h := range []cipher.Hash{k.early.Hash, k.handshake.Hash, k.main.Hash} {
			ok = ok && (h == 0 || h == alg)
		}
	}
	return ok
}

// stateSound reports whether what correlates between the groups does.
func (m *Machine) stateSound() bool {
	has := m.holds()
	if m.facts.Retried && (m.facts.Suite == nil || m.facts.Version != VersionTLS13) {
		return false
	}
	if is12 := m.state >= Wait12Cert; is12 != (m.facts.Version == VersionTLS12) && m.facts.Version != 0 {
		return false
	}
	if m.request != nil && (m.state == AwaitSignature || m.state == Await12Signature) &&
		!slices.Contains(m.request.schemes, m.request.scheme) {
		return false
	}
	if m.client != nil {
		return m.client.sound(has)
	}
	return m.server.sound(has)
}

// sound reports whether a client that counts on something has it.
func (c *client) sound(has held) bool {
	o := c.offer
	if o == nil {
		return true
	}
	if c.state == WaitSH && o.early && (c.facts.Suite == nil || o.session == nil) {
		return false
	}
	if s := o.session; c.state == WaitSH && s != nil && s.version == VersionTLS13 && has&holdsEarly == 0 {
		return false
	}
	if c.state == WaitEE && (c.facts.Resumed || o.early) && o.session == nil {
		return false
	}
	full := c.state == Await12Verdict && !c.facts.Resumed
	if full && has&holdsShare12 == 0 {
		return false
	}
	return c.state >= Wait12Cert || c.facts.Retried == (o.retry != nil)
}

// sound reports whether a server that counts on something has it.
func (s *server) sound(has held) bool {
	switch s.state {
	case WaitCH2:
		return s.facts.Retried && s.hello.group != nil
	case AwaitResume:
		return s.psk.session != nil
	case AwaitParameters, AwaitVerdict:
		if s.psk == nil {
			return s.state == AwaitParameters || has&(holdsMain|holdsHello|holdsEarly) == holdsMain
		}
		return s.psk.session != nil && has&(holdsShare|holdsEarly) == holdsShare|holdsEarly
	case Await12Resume:
		return s.t12.session != nil && s.t12.session.version == VersionTLS12
	case Await12Credential:
		return s.t12.group != nil
	case Await12Verdict:
		return s.facts.Resumed == (has&holdsHello != 0) && s.facts.Resumed != (has&holdsHash != 0)
	}
	return true
}

// agreed holds facts to the Config.
func (t *Thawer) agreed(x *Facts) {
	if t.Err() != nil {
		return
	}
	switch {
	case x.Version != 0 && x.Version != VersionTLS12 && x.Version != VersionTLS13,
		x.Version != 0 && x.Suite != nil && Version(x.Suite.Version) != x.Version:
		t.Damaged()
	case x.Version != 0 && !t.cfg.speaks(x.Version):
		t.unfit("it does not speak %v", x.Version)
	case x.ALPN != "" && !slices.Contains(t.cfg.ALPN, x.ALPN):
		t.unfit("it has not the application protocol that was agreed on")
	}
}
