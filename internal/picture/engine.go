package picture

// Engine is what becomes of an engine's fields. Who adds a field to a struct
// here adds it to the snapshot (snapshot*.go in this module's root, in package
// handshake, with a new format if one was released), or says why it can be
// left out.
var Engine = Fields{
	Frozen: map[string]string{
		"tlsengine.Engine":   "active",
		"tlsengine.active":   "m recv send mail tail",
		"tlsengine.receiver": "reader asm outputs keys err closed proved warnings quiet ccs early",
		"tlsengine.sender":   "writer keys client hello done half closed update asked err early",
		"tlsengine.mailbox":  "updated items alert err",

		"tlsengine.QUICConn":  "m asm level events quiet err",
		"tlsengine.QUICEvent": "Kind Level Suite Data HalfRTT",

		"record.Reader":     "prot empty skip",
		"record.Writer":     "prot shorter padTo",
		"record.protection": "seq",
		"record.Assembler":  "held",

		"handshake.Machine":            "client server",
		"handshake.client":             "common offer",
		"handshake.server":             "common hello psk modes",
		"handshake.common":             "role carrier state err out facts keys t12 after transcript peer request parameters",
		"handshake.outputs":            "sent",
		"handshake.Output":             "Kind Epoch Data Keys",
		"handshake.Keys":               "Epoch Version Suite Secret Block EarlyLimit HalfRTT",
		"handshake.Facts":              "Version Suite Group PeerScheme OwnScheme ALPN ServerName Resumed Retried EarlyData TicketAgeSkew EMS SecureRenegotiation",
		"handshake.keySecrets":         "clientRandom early earlyTraffic handshake main client server clientApp serverApp",
		"handshake.afterSecrets":       "exporter earlyExporter resumption tickets authenticated tls12 sessionID",
		"handshake.after12":            "main clientRandom serverRandom",
		"handshake.stage12":            "serverRandom main session sessionID promised status premain share ticket lifetime group key",
		"handshake.peer":               "chain staple proved",
		"handshake.certificateContext": "schemes authorities serverName status ecdsa rsa types curves chain scheme",
		"handshake.transcript":         "alg running pending keep",
		"handshake.offer":              "hello sessionID shares session retried early",
		"handshake.ownShare":           "group key",
		"handshake.received":           "raw early share group",
		"handshake.KeyShareEntry":      "Group KeyExchange",
		"handshake.psk":                "index truncated session vouched early",
		"handshake.session": "version suite authenticated created lifetime ageAdd maxEarlyData scheme ems secret alpn " +
			"serverName context application chain ticket sessionID staple group carrier",

		"keyschedule.Secret":          "b n",
		"keyschedule.Keys":            "Key KeyLen IV IVLen",
		"keyschedule.EarlySecret":     "Hash Secret",
		"keyschedule.HandshakeSecret": "Hash Secret",
		"keyschedule.MainSecret":      "Hash Secret",
	},
	Rebuilt: map[string]string{
		"tlsengine.Engine.sleep":    "an engine is awake when it is frozen",
		"tlsengine.mailbox.full":    "says whether the rest has anything",
		"tlsengine.mailbox.owes":    "says whether the rest becomes bytes",
		"tlsengine.mailbox.stopped": "follows from the sender's closed",
		"tlsengine.mailbox.mu":      "free while an engine is frozen",

		"tlsengine.receiver.flows": "found out with the next record",
		"tlsengine.sender.detour":  "follows from update and the Tracer",

		"tlsengine.QUICConn.seen":   "events start with what has not been taken",
		"tlsengine.QUICConn.limits": "the Config's",

		"record.Writer.version":           "set before each record that has use for it",
		"record.Writer.last":              "the suite's limit",
		"record.protection.tls13":         "the suite's",
		"record.protection.explicit":      "the suite's",
		"record.protection.suite":         "that of the half's handshake.Keys",
		"record.protection.keys":          "derived from the half's handshake.Keys",
		"record.protection.aead":          "made of the keys when it is needed",
		"record.protection.nonce":         "scratch",
		"record.protection.aad":           "scratch",
		"record.Assembler.maxMessage":     "the Config's",
		"record.Assembler.maxCertificate": "the Config's",
		"record.Assembler.off":            "held starts with what is unread",
		"record.Assembler.rest":           "empty between calls",

		"handshake.Machine.common":            "that of client or server",
		"handshake.common.cfg":                "given to Thaw",
		"handshake.common.tracer":             "the Config's",
		"handshake.transcript.tracer":         "the Config's",
		"handshake.outputs.list":              "taken after each step",
		"handshake.outputs.flight":            "taken after each step",
		"handshake.peer.key":                  "that of the chain's leaf",
		"handshake.peer.leaf":                 "parsed from the chain",
		"handshake.peer.known":                "found by the chain; without it, the chain is verified",
		"handshake.certificateContext.signer": "a question that is open is answered by the application",
		"handshake.transcript.scratch":        "scratch",
		"handshake.offer.retry":               "parsed from retried",
		"handshake.received.hello":            "parsed from raw",
		"handshake.received.sni":              "parsed from raw",
		"handshake.received.groups":           "parsed from raw",
		"handshake.received.schemes":          "parsed from raw",
		"handshake.received.alpn":             "parsed from raw",
		"handshake.received.authorities":      "parsed from raw",
		"handshake.psk.offered":               "parsed from the ClientHello",
	},
}
