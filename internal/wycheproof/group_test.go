package wycheproof

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tlsengine/tlsengine/group"
)

func TestECDH(t *testing.T) {
	for file, c := range map[string]struct {
		id      group.ID
		seedLen int
	}{
		"ecdh_secp256r1_ecpoint": {group.P256, 32},
		"ecdh_secp384r1_ecpoint": {group.P384, 48},
		"ecdh_secp521r1_ecpoint": {group.P521, 66},
		"x25519":                 {group.X25519, 32},
		"x448":                   {group.X448, 56},
	} {
		t.Run(file, func(t *testing.T) {
			for _, vs := range load(t, file) {
				for _, v := range vs.Tests {
					valid := v.Result != "invalid" &&
						!v.has("CompressedPoint") && // RFC 9846, Section 4.3.8.2
						!v.has("ZeroSharedSecret") // RFC 9846, Section 7.4.2
					secret, err := exchange(t, group.Lookup(c.id), scalar(v.Private, c.seedLen), v.Public)
					v.agree(t, valid, err)
					if valid {
						require.Equal(t, []byte(v.Shared), secret, "%d: %s", v.ID, v.Comment)
					} else {
						require.ErrorIs(t, err, group.ErrShare, "%d: %s", v.ID, v.Comment)
					}
				}
			}
		})
	}
}

// scalar gives a number, which the vectors write as short or with as many
// leading zeros as Java does, the length of the group's seeds.
func scalar(b []byte, n int) []byte {
	b = bytes.TrimLeft(b, "\x00")
	if len(b) > n {
		return b
	}
	return append(make([]byte, n-len(b)), b...)
}

func exchange(t *testing.T, g *group.Group, seed, share []byte) ([]byte, error) {
	key, err := g.Restore(seed)
	if err != nil {
		return nil, err
	}
	secret, err := key.Secret(share)
	if err != nil {
		return nil, err
	}
	_, again, err := g.Respond(bytes.NewReader(seed), share)
	require.NoError(t, err)
	require.Equal(t, secret, again, "a server computes the same")
	return secret, nil
}

// hybrid is a hybrid group whose curve part is always the same.
type hybrid struct {
	*group.Group
	curve     group.PrivateKey
	kemFirst  bool
	ek, c, at int // lengths of ML-KEM's key and ciphertext; where its secret starts
}

func hybridOf(t *testing.T, id, curve group.ID, kemFirst bool, ek, c, at int) hybrid {
	seed := bytes.Repeat([]byte{0x5A}, map[group.ID]int{group.X25519: 32, group.P384: 48}[curve])
	key, err := group.Lookup(curve).Restore(seed)
	require.NoError(t, err)
	return hybrid{group.Lookup(id), key, kemFirst, ek, c, at}
}

func (h hybrid) join(curvePart, kemPart []byte) []byte {
	if h.kemFirst {
		return append(bytes.Clone(kemPart), curvePart...)
	}
	return append(bytes.Clone(curvePart), kemPart...)
}

func (h hybrid) kemPart(b []byte, n int) []byte {
	if h.kemFirst {
		return b[:n]
	}
	return b[len(b)-n:]
}

// decapsulate returns ML-KEM's key and secret.
func (h hybrid) decapsulate(seed, ciphertext []byte) (ek, secret []byte, err error) {
	key, err := h.Restore(h.join(h.curve.Seed(), seed))
	if err != nil {
		return nil, nil, err
	}
	both, err := key.Secret(h.join(h.curve.Share(), ciphertext))
	if err != nil {
		return nil, nil, err
	}
	return h.kemPart(key.Share(), h.ek), both[h.at : h.at+32], nil
}

func (h hybrid) encapsulate(ek, m []byte) (ciphertext, secret []byte, err error) {
	random := io.MultiReader(bytes.NewReader(m), bytes.NewReader(h.curve.Seed()))
	share, both, err := h.Respond(random, h.join(h.curve.Share(), ek))
	if err != nil {
		return nil, nil, err
	}
	return h.kemPart(share, h.c), both[h.at : h.at+32], nil
}

func TestMLKEM(t *testing.T) {
	for file, h := range map[string]hybrid{
		"mlkem_768":  hybridOf(t, group.X25519MLKEM768, group.X25519, true, 1184, 1088, 0),
		"mlkem_1024": hybridOf(t, group.SecP384r1MLKEM1024, group.P384, false, 1568, 1568, 48),
	} {
		t.Run(file, func(t *testing.T) {
			for _, vs := range load(t, file) {
				for _, v := range vs.Tests {
					ek, secret, err := h.decapsulate(v.Seed, v.C)
					v.agree(t, v.Result == "valid", err)
					if err == nil {
						require.Equal(t, []byte(v.EK), ek, v.ID)
						require.Equal(t, []byte(v.K), secret, v.ID)
					}
				}
			}
		})
		t.Run(file+"_encaps", func(t *testing.T) {
			for _, vs := range load(t, file+"_encaps") {
				for _, v := range vs.Tests {
					ciphertext, secret, err := h.encapsulate(v.EK, v.M)
					v.agree(t, v.Result == "valid", err)
					if err == nil {
						require.Equal(t, []byte(v.C), ciphertext, v.ID)
						require.Equal(t, []byte(v.K), secret, v.ID)
					} else {
						require.ErrorIs(t, err, group.ErrShare)
					}
				}
			}
		})
		t.Run(file+"_keygen_seed", func(t *testing.T) {
			for _, vs := range load(t, file+"_keygen_seed") {
				for _, v := range vs.Tests {
					ek, _, err := h.decapsulate(v.Seed, make([]byte, h.c))
					require.NoError(t, err)
					require.Equal(t, []byte(v.EK), ek, v.ID)
				}
			}
		})
	}
}
