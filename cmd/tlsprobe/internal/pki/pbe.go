package pki

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des" //nolint:gosec // what people have in their files is to be read
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // as above
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"hash"
	"math/big"
)

// What protects keys in files: PBES2 (RFC 8018, Section 6.2) and the ciphers of
// PKCS #12 (RFC 7292, Appendix C). Only ever for reading.

// maxIterations bounds what a file can make us compute. Tests have less.
var maxIterations = 10_000_000

// errPassword is a password that does not fit, or a file that is broken: they
// look the same.
var errPassword = errors.New("the password does not fit")

// errPBE is a protection that is not known here.
var errPBE = errors.New("it is protected in a way that is not known here")

// errRC2 is a protection that another package knows.
var errRC2 = errors.New("it is protected with RC2")

type oid = asn1.ObjectIdentifier

var (
	oidPBES2      = oid{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2     = oid{1, 2, 840, 113549, 1, 5, 12}
	oidTripleDES  = oid{1, 2, 840, 113549, 3, 7}
	oidSHA3DES    = oid{1, 2, 840, 113549, 1, 12, 1, 3}
	oidSHARC2     = oid{1, 2, 840, 113549, 1, 12, 1, 6} // with 40 bits
	oidAES        = oid{2, 16, 840, 1, 101, 3, 4, 1}    // .2, .22 and .42 are CBC
	oidHMACSHA1   = oid{1, 2, 840, 113549, 2, 7}
	oidHMACSHA256 = oid{1, 2, 840, 113549, 2, 9}
	oidHMACSHA384 = oid{1, 2, 840, 113549, 2, 10}
	oidHMACSHA512 = oid{1, 2, 840, 113549, 2, 11}
)

type pbes2Params struct {
	KDF    pkix.AlgorithmIdentifier
	Cipher pkix.AlgorithmIdentifier
}

type pbkdf2Params struct {
	Salt       []byte
	Iterations int
	KeyLength  int                      `asn1:"optional"`
	PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
}

type pkcs12Params struct {
	Salt       []byte
	Iterations int
}

// decrypt opens what an AlgorithmIdentifier protects with a password.
func decrypt(alg pkix.AlgorithmIdentifier, data, password []byte) ([]byte, error) {
	switch {
	case alg.Algorithm.Equal(oidPBES2):
		return pbes2(alg.Parameters.FullBytes, data, password)
	case alg.Algorithm.Equal(oidSHA3DES), alg.Algorithm.Equal(oidSHARC2):
		var p pkcs12Params
		if err := unmarshal(alg.Parameters.FullBytes, &p); err != nil || p.Iterations < 1 || p.Iterations > maxIterations {
			return nil, errPBE
		}
		if alg.Algorithm.Equal(oidSHARC2) {
			return nil, errRC2
		}
		text := bmp(password)
		key := kdf12(sha1.New, 1, text, p.Salt, p.Iterations, 24)
		iv := kdf12(sha1.New, 2, text, p.Salt, p.Iterations, des.BlockSize)
		block, err := des.NewTripleDESCipher(key)
		if err != nil {
			return nil, err
		}
		return cbc(block, iv, data)
	}
	return nil, errPBE
}

func pbes2(params, data, password []byte) ([]byte, error) {
	var p pbes2Params
	var k pbkdf2Params
	if unmarshal(params, &p) != nil || !p.KDF.Algorithm.Equal(oidPBKDF2) || unmarshal(p.KDF.Parameters.FullBytes, &k) != nil {
		return nil, errPBE
	}
	prf := prfOf(k.PRF.Algorithm)
	var iv []byte
	if prf == nil || k.Iterations < 1 || k.Iterations > maxIterations || unmarshal(p.Cipher.Parameters.FullBytes, &iv) != nil {
		return nil, errPBE
	}
	size, newBlock := 24, des.NewTripleDESCipher
	if id := p.Cipher.Algorithm; !id.Equal(oidTripleDES) {
		n := len(oidAES)
		if len(id) != n+1 || !id[:n].Equal(oidAES) {
			return nil, errPBE
		}
		size, newBlock = map[int]int{2: 16, 22: 24, 42: 32}[id[n]], aes.NewCipher
	}
	if size == 0 {
		return nil, errPBE
	}
	key, err := pbkdf2.Key(prf, string(password), k.Salt, k.Iterations, size)
	if err != nil {
		return nil, err
	}
	block, err := newBlock(key)
	if err != nil {
		return nil, err
	}
	return cbc(block, iv, data)
}

func prfOf(id oid) func() hash.Hash {
	switch {
	case len(id) == 0, id.Equal(oidHMACSHA1):
		return sha1.New
	case id.Equal(oidHMACSHA256):
		return sha256.New
	case id.Equal(oidHMACSHA384):
		return sha512.New384
	case id.Equal(oidHMACSHA512):
		return sha512.New
	}
	return nil
}

// cbc decrypts, and takes the padding off: RFC 8018, Section 6.1.1.
func cbc(block cipher.Block, iv, data []byte) ([]byte, error) {
	size := block.BlockSize()
	if len(iv) != size || len(data) == 0 || len(data)%size != 0 {
		return nil, errPBE
	}
	out := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, data)
	n := int(out[len(out)-1])
	if n < 1 || n > size || !bytes.HasSuffix(out, bytes.Repeat([]byte{byte(n)}, n)) {
		return nil, errPassword
	}
	return out[:len(out)-n], nil
}

// bmp is a password as PKCS #12 has it: UTF-16 with a zero at the end.
func bmp(password []byte) []byte {
	var out []byte
	for _, r := range string(password) {
		out = append(out, byte(r>>8), byte(r))
	}
	return append(out, 0, 0)
}

// kdf12 derives a key: RFC 7292, Appendix B.2.
func kdf12(newHash func() hash.Hash, id byte, password, salt []byte, iterations, size int) (out []byte) {
	h := newHash()
	u, v := h.Size(), h.BlockSize()
	fill := func(b []byte) []byte {
		n := (len(b) + v - 1) / v * v
		return bytes.Repeat(b, n/max(1, len(b))+1)[:n]
	}
	d := bytes.Repeat([]byte{id}, v)
	in := append(fill(salt), fill(password)...)
	for len(out) < size {
		h.Reset()
		h.Write(d)
		h.Write(in)
		a := h.Sum(nil)
		for range iterations - 1 {
			h.Reset()
			h.Write(a)
			a = h.Sum(a[:0])
		}
		out = append(out, a[:u]...)
		b := new(big.Int).SetBytes(bytes.Repeat(a, v/u+1)[:v])
		b.Add(b, big.NewInt(1))
		for i := 0; i < len(in); i += v {
			sum := new(big.Int).SetBytes(in[i : i+v])
			raw := sum.Add(sum, b).Bytes()
			raw = raw[max(0, len(raw)-v):]
			clear(in[i : i+v])
			copy(in[i+v-len(raw):i+v], raw)
		}
	}
	return out[:size]
}

// unmarshal is asn1.Unmarshal of all of b.
func unmarshal(b []byte, to any) error {
	rest, err := asn1.Unmarshal(b, to)
	if err == nil && len(rest) > 0 {
		return errPBE
	}
	return err
}
