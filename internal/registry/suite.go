package registry

import "strings"

// SuiteParts is what the name of a cipher suite says.
type SuiteParts struct {
	KeyExchange    string // "ECDHE", "DHE", "RSA", "PSK", …; "" in TLS 1.3, where the group decides
	Authentication string // "RSA", "ECDSA", "DSS", "PSK", "anon", …; "" in TLS 1.3
	Cipher         string // "AES_128_GCM", "3DES_EDE_CBC", "NULL", …
	Hash           string // of the PRF, or of the MAC of a suite without AEAD; "" where the name has none
	Bits           int    // strength of the cipher against an attacker, 0 for NULL and where unknown
	AEAD           bool
	CBC            bool
	Export         bool
	TLS13          bool // usable in TLS 1.3 only
	Signaling      bool // TLS_FALLBACK_SCSV and the like: not a suite at all
}

// ForwardSecret reports whether the keys do not follow from the long-term ones.
func (p SuiteParts) ForwardSecret() bool {
	return p.TLS13 || strings.Contains(p.KeyExchange, "DHE") || p.Authentication == "anon" || p.KeyExchange == "ECCPWD"
}

// PartsOf reads the name of a cipher suite. ok is false for one without a name.
func PartsOf(id uint16) (parts SuiteParts, ok bool) {
	e, ok := CipherSuites.Lookup(uint32(id))
	if !ok {
		return SuiteParts{}, false
	}
	name := strings.TrimPrefix(strings.TrimPrefix(e.Name, "TLS_"), "SSL_")
	if strings.HasSuffix(name, "_SCSV") || strings.HasPrefix(name, "GREASE") {
		return SuiteParts{Signaling: true}, true
	}
	kx, cipher, old := strings.Cut(name, "_WITH_")
	if !old {
		if id>>8 >= 0xe0 {
			kx, cipher, _ = strings.Cut(name, "_") // GB/T 38636: ECC_SM4_CBC_SM3
		} else {
			kx, cipher, parts.TLS13 = "", name, true
		}
	}
	parts.keyExchange(kx)
	parts.cipher(cipher)
	return parts, true
}

// keyExchange reads what stands before _WITH_.
func (p *SuiteParts) keyExchange(s string) {
	for _, suffix := range []string{"_EXPORT1024", "_EXPORT", "_FIPS"} {
		if rest, ok := strings.CutSuffix(s, suffix); ok {
			s, p.Export = rest, suffix != "_FIPS"
		}
	}
	kx, auth, two := strings.Cut(s, "_")
	switch {
	case strings.HasPrefix(s, "SRP_SHA"):
		kx, auth = "SRP", strings.TrimPrefix(strings.TrimPrefix(s, "SRP_SHA"), "_")
		if auth == "" {
			auth = "SRP"
		}
	case !two:
		auth = kx
	}
	p.KeyExchange, p.Authentication = kx, auth
}

// strengths of ciphers by the start of their names; the longest match counts.
var strengths = []struct {
	prefix string
	bits   int
}{
	{"NULL", 0}, {"RC4_40", 40}, {"RC4_56", 56}, {"RC4_128", 128}, {"RC2_CBC_40", 40}, {"RC2_CBC_56", 56}, {"DES40", 40}, {"DES_CBC_40", 40},
	{"DES_CBC", 56}, {"3DES", 112}, {"IDEA", 128}, {"SEED", 128}, {"FORTEZZA", 80}, {"AES_128", 128}, {"AES_256", 256},
	{"CAMELLIA_128", 128}, {"CAMELLIA_256", 256}, {"ARIA_128", 128}, {"ARIA_256", 256}, {"CHACHA20", 256}, {"SM4", 128}, {"SM1", 128},
	{"AEGIS_128L", 128}, {"AEGIS_256", 256}, {"28147", 256}, {"KUZNYECHIK", 256}, {"MAGMA", 256}, {"ESTREAM_SALSA20", 256}, {"SALSA20", 256},
}

// cipher reads what stands behind _WITH_: cipher and hash.
func (p *SuiteParts) cipher(s string) {
	for _, mark := range []string{"_GCM", "_CCM", "CHACHA20_POLY1305", "_MGM", "AEGIS"} {
		p.AEAD = p.AEAD || strings.Contains(s, mark)
	}
	p.Cipher = s
	if i := strings.LastIndexByte(s, '_'); i > 0 {
		switch hash := s[i+1:]; {
		case strings.HasPrefix(hash, "SHA"), hash == "MD5", hash == "SM3", hash == "GOSTR3411":
			p.Cipher, p.Hash = s[:i], hash
		}
	}
	if s == "SHA256_SHA256" || s == "SHA384_SHA384" {
		p.Cipher = "NULL" // RFC 9150: integrity only
	}
	p.CBC = strings.Contains(p.Cipher, "_CBC") || strings.Contains(p.Cipher, "3DES_EDE")
	for _, known := range strengths {
		if strings.HasPrefix(p.Cipher, known.prefix) {
			p.Bits = known.bits
			break
		}
	}
}
