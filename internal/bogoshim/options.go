package main

import (
	"fmt"
	"slices"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/signature"
)

// options are what the flags say about one connection.
type options struct {
	port            int
	shimID          uint64
	ipv6            bool
	server          bool
	quic            bool
	quicParameters  []byte
	quicContext     []byte
	resumeCount     int
	resumptionDelay int

	async, writesFirst, shutsDown, checkClose, sendAlert bool
	keyUpdate, exporterBetween, quietHandshake           bool
	unfinishedWrite                                      bool
	initialWrite                                         string
	repeatWrite, readSize                                int

	minVersion, maxVersion int
	noTLS12, noTLS13       bool
	fallback               bool
	serverPreference       bool
	cipherList             string
	maxFragment            int
	curves                 []group.ID

	credentials []*credential // the first is the default one
	verifyPrefs []signature.Scheme
	verifyPeer  bool
	requireCert bool
	verifyFail  bool
	customHook  bool
	reverify    bool
	clientCAs   *string
	maxCertList int
	staple      bool

	hostName                string
	alpn                    string
	selectALPN, expectALPN  *string
	declineALPN, rejectALPN bool
	emptyALPN               bool

	noTicket, earlyData bool
	noLegacyConnect     bool

	exportLength                    int
	exportLabel, exportContext      string
	useExportContext, exportSecrets bool

	expect expectations
}

// expectations are what has to hold after a handshake.
type expectations struct {
	version, cipher, curve   int
	hrr, noHRR               bool
	sessionMiss, noSession   bool
	ticketRenewal            bool
	sessionID, noSessionID   bool
	peerScheme               *int
	peerPrefs                []signature.Scheme
	selected                 *int
	serverName               *string
	advertisedALPN           *string
	noPeerCert               bool
	peerCertFile             string
	clientCAs                *string
	certificateTypes         []byte
	ems, secureRenegotiation bool
	noSecureRenegotiation    bool
	ticketEarly              bool
	acceptEarly, rejectEarly bool
	noOfferEarly             bool
	earlyReason              *string
	ageSkew                  *string
	verifyResult             bool
	ocsp                     []byte
	quicParameters           []byte
}

func newOptions() *options {
	return &options{initialWrite: "hello", repeatWrite: 1, readSize: 512, credentials: []*credential{{}}}
}

// credential is what the credential flags say, in their order.
type credential struct {
	certFile, keyFile string
	schemes           []signature.Scheme
	mustMatchIssuer   bool
	ocsp              []byte
}

func (o *options) last() *credential { return o.credentials[len(o.credentials)-1] }

func unsupported(what string) error { return fmt.Errorf("%w: %s", errUnimplemented, what) }

// finish checks what cannot be judged flag by flag.
func (o *options) finish() error {
	if o.minVersion != 0 && o.minVersion < int(tls.VersionTLS12) {
		o.minVersion = 0
	}
	if o.maxVersion != 0 && o.maxVersion < int(tls.VersionTLS12) {
		return unsupported("a maximum below TLS 1.2")
	}
	if o.quicParameters != nil && !o.quic {
		return unsupported("transport parameters without QUIC")
	}
	for _, id := range o.curves {
		if group.Lookup(id) == nil {
			return unsupported("group " + id.String())
		}
	}
	for _, s := range slices.Concat(o.verifyPrefs, o.last().schemes) {
		if signature.Lookup(s) == nil {
			return unsupported("signature scheme " + s.String())
		}
	}
	return nil
}
