package dissect

import "github.com/tlsengine/tlsengine/internal/registry"

// serverKeyExchange is the message of TLS 1.2 that has a form for each key
// exchange: RFC 5246, Section 7.4.3; RFC 8422, Section 5.4; RFC 4279; RFC 5054.
func serverKeyExchange(c *cursor) {
	kx, auth := keyExchange(c)
	if auth == "PSK" || kx == "PSK" {
		c.opaque("psk_identity_hint", "ske.identity_hint", 2)
	}
	switch kx {
	case "ECDHE", "ECDH":
		serverECDHParams(c)
	case "DHE", "DH":
		c.opaque("dh_p", "ske.dh_p", 2)
		c.opaque("dh_g", "ske.dh_g", 2)
		c.opaque("dh_Ys", "ske.dh_Ys", 2)
	case "RSA":
		if auth != "PSK" {
			c.opaque("rsa_modulus", "ske.rsa_modulus", 2)
			c.opaque("rsa_exponent", "ske.rsa_exponent", 2)
		}
	case "SRP":
		c.opaque("srp_N", "ske.srp_N", 2)
		c.opaque("srp_g", "ske.srp_g", 2)
		c.opaque("srp_s", "ske.srp_s", 1)
		c.opaque("srp_B", "ske.srp_B", 2)
	case "PSK":
	default:
		c.fail("the cipher suite is not known, and with it the form of the key exchange")
	}
	if c.left() > 0 {
		paramsSignature(c)
	}
}

// "struct { ECParameters curve_params; ECPoint public; } ServerECDHParams;"
// RFC 8422, Section 5.4.
func serverECDHParams(c *cursor) {
	if curve := c.code("curve_type", "ske.curve_type", registry.CurveTypes); curve != 3 {
		c.fail("only named curves have a known form")
		return
	}
	c.code("named_curve", "ske.named_curve", registry.Groups)
	c.opaque("public", "ske.public", 1)
}

// paramsSignature is the signature over randoms and parameters. TLS 1.1 has no
// algorithm in front.
func paramsSignature(c *cursor) {
	if c.ctx.Version == 0 || c.ctx.Version > tls11 {
		c.code("algorithm", "ske.algorithm", registry.SignatureSchemes)
	}
	c.opaque("signature", "ske.signature", 2)
}

// clientKeyExchange: RFC 5246, Section 7.4.7; RFC 8422, Section 5.7.
func clientKeyExchange(c *cursor) {
	kx, auth := keyExchange(c)
	if auth == "PSK" || kx == "PSK" {
		c.opaque("psk_identity", "cke.identity", 2)
	}
	switch kx {
	case "ECDHE", "ECDH":
		c.opaque("ecdh_Yc", "cke.ecdh_Yc", 1)
	case "DHE", "DH":
		c.opaque("dh_Yc", "cke.dh_Yc", 2)
	case "RSA":
		if c.ctx.Version == 0x0300 {
			c.bytes("encrypted_pre_master_secret", "cke.encrypted_secret", c.left())
			return
		}
		c.opaque("encrypted_pre_master_secret", "cke.encrypted_secret", 2)
	case "SRP":
		c.opaque("srp_A", "cke.srp_A", 2)
	case "PSK":
	default:
		c.bytes("exchange_keys", "cke.exchange_keys", c.left())
	}
}

// keyExchange is the key exchange and authentication of the cipher suite, or
// what the message looks like where that is not known.
func keyExchange(c *cursor) (kx, auth string) {
	if parts, ok := registry.PartsOf(c.ctx.Suite); ok && c.ctx.Suite != 0 && !parts.TLS13 {
		return parts.KeyExchange, parts.Authentication
	}
	b := c.rest()
	switch client := c.made[0].Value.Num == 16; {
	case client && len(b) > 0 && int(b[0]) == len(b)-1:
		return "ECDHE", ""
	case !client && len(b) > 4 && b[0] == 3 && registry.Groups.Name(uint32(number(b[1:3]))) != "":
		return "ECDHE", ""
	case !client && c.vectors(3):
		return "DHE", ""
	}
	return "", ""
}

// vectors reports whether n vectors with 2-byte lengths stand in front.
func (c *cursor) vectors(n int) bool {
	b := c.rest()
	for range n {
		if len(b) < 2 || len(b)-2 < int(number(b[:2])) || number(b[:2]) == 0 {
			return false
		}
		b = b[2+int(number(b[:2])):]
	}
	return true
}
