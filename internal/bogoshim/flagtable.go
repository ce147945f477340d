package main

import (
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/signature"
)

// switches are the flags without a value. What has no effect here is ignored
// because the engine behaves so anyway.
var switches = map[string]func(*options) error{
	"-ipv6":   set(func(o *options) { o.ipv6 = true }),
	"-server": set(func(o *options) { o.server = true }),
	"-quic":   set(func(o *options) { o.quic = true }),

	"-async":                          set(func(o *options) { o.async = true }),
	"-implicit-handshake":             ignored,
	"-handshake-twice":                ignored,
	"-no-op-extra-handshake":          ignored,
	"-handshake-never-done":           set(func(o *options) { o.quietHandshake = true }),
	"-shim-writes-first":              set(func(o *options) { o.writesFirst = true }),
	"-shim-shuts-down":                set(func(o *options) { o.shutsDown = true }),
	"-check-close-notify":             set(func(o *options) { o.checkClose = true }),
	"-send-alert":                     set(func(o *options) { o.sendAlert = true }),
	"-key-update":                     set(func(o *options) { o.keyUpdate = true }),
	"-use-exporter-between-reads":     set(func(o *options) { o.exporterBetween = true }),
	"-read-with-unfinished-write":     set(func(o *options) { o.unfinishedWrite, o.writesFirst = true, true }),
	"-no-tls1":                        ignored,
	"-no-tls11":                       ignored,
	"-no-tls12":                       set(func(o *options) { o.noTLS12 = true }),
	"-no-tls13":                       set(func(o *options) { o.noTLS13 = true }),
	"-fallback-scsv":                  set(func(o *options) { o.fallback = true }),
	"-server-preference":              set(func(o *options) { o.serverPreference = true }),
	"-verify-peer":                    set(func(o *options) { o.verifyPeer = true }),
	"-require-any-client-certificate": set(func(o *options) { o.requireCert = true }),
	"-verify-fail":                    set(func(o *options) { o.verifyFail = true }),
	"-use-custom-verify-callback":     set(func(o *options) { o.customHook = true }),
	"-reverify-on-resume":             set(func(o *options) { o.reverify = true }),
	"-use-old-client-cert-callback":   ignored,
	"-use-early-callback":             ignored,
	"-decline-alpn":                   set(func(o *options) { o.declineALPN = true }),
	"-reject-alpn":                    set(func(o *options) { o.rejectALPN = true }),
	"-select-empty-alpn":              set(func(o *options) { o.emptyALPN = true }),
	"-no-ticket":                      set(func(o *options) { o.noTicket = true }),
	"-enable-early-data":              set(func(o *options) { o.earlyData = true }),
	"-use-export-context":             set(func(o *options) { o.useExportContext = true }),
	"-export-traffic-secrets":         set(func(o *options) { o.exportSecrets = true }),
	"-enable-ocsp-stapling":           set(func(o *options) { o.staple = true }),
	"-no-legacy-server-connect":       set(func(o *options) { o.noLegacyConnect = true }),

	"-new-x509-credential": set(func(o *options) { o.credentials = append(o.credentials, &credential{}) }),
	"-must-match-issuer":   set(func(o *options) { o.last().mustMatchIssuer = true }),

	"-expect-hrr":                        set(func(o *options) { o.expect.hrr = true }),
	"-expect-no-hrr":                     set(func(o *options) { o.expect.noHRR = true }),
	"-expect-session-miss":               set(func(o *options) { o.expect.sessionMiss = true }),
	"-expect-no-session":                 set(func(o *options) { o.expect.noSession = true }),
	"-expect-ticket-renewal":             set(func(o *options) { o.expect.ticketRenewal = true }),
	"-expect-session-id":                 set(func(o *options) { o.expect.sessionID = true }),
	"-expect-no-session-id":              set(func(o *options) { o.expect.noSessionID = true }),
	"-expect-no-peer-cert":               set(func(o *options) { o.expect.noPeerCert = true }),
	"-expect-extended-master-secret":     set(func(o *options) { o.expect.ems = true }),
	"-expect-secure-renegotiation":       set(func(o *options) { o.expect.secureRenegotiation = true }),
	"-expect-no-secure-renegotiation":    set(func(o *options) { o.expect.noSecureRenegotiation = true }),
	"-expect-ticket-supports-early-data": set(func(o *options) { o.expect.ticketEarly = true }),
	"-expect-accept-early-data":          set(func(o *options) { o.expect.acceptEarly = true }),
	"-expect-reject-early-data":          set(func(o *options) { o.expect.rejectEarly = true }),
	"-expect-no-offer-early-data":        set(func(o *options) { o.expect.noOfferEarly = true }),
	"-expect-verify-result":              set(func(o *options) { o.expect.verifyResult = true }),
}

// values are the flags with a value.
var values = map[string]func(*options, string) error{
	"-port":                         number(func(o *options) *int { return &o.port }),
	"-shim-id":                      number(func(o *options) *uint64 { return &o.shimID }),
	"-resume-count":                 number(func(o *options) *int { return &o.resumeCount }),
	"-resumption-delay":             number(func(o *options) *int { return &o.resumptionDelay }),
	"-trust-cert":                   func(*options, string) error { return nil },
	"-quic-transport-params":        base64Text(func(o *options) *[]byte { return &o.quicParameters }),
	"-quic-early-data-context":      func(o *options, v string) error { o.quicContext = []byte(v); return nil },
	"-expect-quic-transport-params": base64Text(func(o *options) *[]byte { return &o.expect.quicParameters }),
	"-quic-use-legacy-codepoint":    func(*options, string) error { return nil }, // there is only the new one

	"-shim-initial-write":        text(func(o *options) *string { return &o.initialWrite }),
	"-repeat-shim-initial-write": number(func(o *options) *int { return &o.repeatWrite }),
	"-read-size":                 number(func(o *options) *int { return &o.readSize }),

	"-min-version":       number(func(o *options) *int { return &o.minVersion }),
	"-max-version":       number(func(o *options) *int { return &o.maxVersion }),
	"-cipher":            text(func(o *options) *string { return &o.cipherList }),
	"-max-send-fragment": number(func(o *options) *int { return &o.maxFragment }),
	"-curves":            list(func(o *options) *[]group.ID { return &o.curves }),

	"-cert-file":     func(o *options, v string) error { o.last().certFile = v; return nil },
	"-key-file":      func(o *options, v string) error { o.last().keyFile = v; return nil },
	"-signing-prefs": list(func(o *options) *[]signature.Scheme { return &o.last().schemes }),
	"-ocsp-response": base64Text(func(o *options) *[]byte { return &o.last().ocsp }),
	"-verify-prefs":  list(func(o *options) *[]signature.Scheme { return &o.verifyPrefs }),

	"-use-client-ca-list": wanted(func(o *options) **string { return &o.clientCAs }),
	"-max-cert-list":      number(func(o *options) *int { return &o.maxCertList }),

	"-host-name":      text(func(o *options) *string { return &o.hostName }),
	"-advertise-alpn": text(func(o *options) *string { return &o.alpn }),
	"-select-alpn":    wanted(func(o *options) **string { return &o.selectALPN }),

	"-export-keying-material": number(func(o *options) *int { return &o.exportLength }),
	"-export-label":           text(func(o *options) *string { return &o.exportLabel }),
	"-export-context":         text(func(o *options) *string { return &o.exportContext }),

	"-expect-version":                  number(func(o *options) *int { return &o.expect.version }),
	"-expect-cipher":                   number(func(o *options) *int { return &o.expect.cipher }),
	"-expect-curve-id":                 number(func(o *options) *int { return &o.expect.curve }),
	"-expect-peer-signature-algorithm": optional(func(o *options) **int { return &o.expect.peerScheme }),
	"-expect-peer-verify-pref":         list(func(o *options) *[]signature.Scheme { return &o.expect.peerPrefs }),
	"-expect-selected-credential":      optional(func(o *options) **int { return &o.expect.selected }),
	"-expect-server-name":              wanted(func(o *options) **string { return &o.expect.serverName }),
	"-expect-alpn":                     wanted(func(o *options) **string { return &o.expectALPN }),
	"-expect-advertised-alpn":          wanted(func(o *options) **string { return &o.expect.advertisedALPN }),
	"-expect-peer-cert-file":           text(func(o *options) *string { return &o.expect.peerCertFile }),
	"-expect-client-ca-list":           wanted(func(o *options) **string { return &o.expect.clientCAs }),
	"-expect-certificate-types":        base64Text(func(o *options) *[]byte { return &o.expect.certificateTypes }),
	"-expect-early-data-reason":        wanted(func(o *options) **string { return &o.expect.earlyReason }),
	"-expect-ticket-age-skew":          wanted(func(o *options) **string { return &o.expect.ageSkew }),
	"-expect-ocsp-response":            base64Text(func(o *options) *[]byte { return &o.expect.ocsp }),
}
