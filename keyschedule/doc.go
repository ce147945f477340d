// Package keyschedule derives every secret and key of TLS 1.3 and TLS 1.2.
//
// For TLS 1.3 it is the tree of RFC 9846, Section 7.1. Each box is a type, and
// each arrow a method that takes what the arrow mixes in: so a secret cannot
// be derived from the wrong parent, nor before its time.
//
//	                 0
//	                 │
//	      NewEarly   ▼
//	 psk ────► HKDF-Extract = [EarlySecret]
//	                 │
//	                 ├──► BinderKey            "res binder"
//	                 ├──► ExternalBinderKey    "ext binder"
//	                 ├──► ImportedBinderKey    "imp binder" (RFC 9258)
//	                 ├──► ClientTraffic        "c e traffic"   ClientHello
//	                 ├──► Exporter             "e exp master"  ClientHello
//	                 ▼
//	              "derived"
//	                 │
//	      Handshake  ▼
//	(EC)DHE ───► HKDF-Extract = [HandshakeSecret]
//	                 │
//	                 ├──► ClientTraffic        "c hs traffic"  ClientHello...ServerHello
//	                 ├──► ServerTraffic        "s hs traffic"  ClientHello...ServerHello
//	                 ▼
//	              "derived"
//	                 │
//	        Main     ▼
//	   0 ────► HKDF-Extract = [MainSecret]
//	                 │
//	                 ├──► ClientTraffic        "c ap traffic"  ClientHello...server Finished
//	                 ├──► ServerTraffic        "s ap traffic"  ClientHello...server Finished
//	                 ├──► Exporter             "exp master"    ClientHello...server Finished
//	                 └──► Resumption           "res master"    ClientHello...client Finished
//
// And from the leaves:
//
//	traffic secret ──► [TrafficKeys]    key and IV of the records
//	               ──► [NextTraffic]    the secret after a KeyUpdate
//	               ──► [VerifyData]     what Finished says; also binder key ──► PSK binder
//	exporter       ──► [Export]         keying material for the application
//	resumption     ──► [ResumptionPSK]  the PSK of a ticket
//
// TLS 1.2 has one secret and one function, the PRF, and everything is named
// with 12 at its end: [MainSecret12] or [ExtendedMainSecret12], and from it
// [KeyBlock12], [VerifyData12] and [Export12].
//
// The package knows no messages: it takes transcript hashes. Everything in it
// is a value: a [Secret] can be compared, copied and frozen to bytes. At the
// sizes of a handshake nothing allocates; exporters do, for what they return.
//
// # Names
//
// RFC 9846 calls main secret what RFC 8446 and RFC 5246 called master secret,
// exporter_secret the exporter_master_secret, and resumption_secret the
// resumption_master_secret. The labels that go into the hash stay as they
// were.
//
// # Choices
//
// HMAC and HKDF are our own, a page over the hashes of the standard
// library: crypto/hkdf allocates at every step, and a handshake takes some
// forty of them. The tests compare with crypto/hkdf and crypto/hmac.
//
// [Secret.Wipe] clears what it is told to; copies that the compiler left on
// the stack stay until something else overwrites them.
package keyschedule
