package pki

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ocsp"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// What came with a certificate is described, whatever it is.
func FuzzStaple(f *testing.F) {
	ca, caKey := signed(f, 1, "CA", nil, nil)
	leaf, _ := signed(f, 2, "leaf", ca, caKey)
	for _, status := range []int{ocsp.Good, ocsp.Revoked} {
		der, err := ocsp.CreateResponse(ca, ca, ocsp.Response{Status: status, SerialNumber: big.NewInt(2), ThisUpdate: noon, NextUpdate: noon}, caKey)
		require.NoError(f, err)
		f.Add(der)
	}
	f.Add(append([]byte{0, 49, 0, 47}, make([]byte, 47)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		s := ReadStaple(b, []*x509.Certificate{leaf}, []*x509.Certificate{ca})
		require.Equal(t, s.Status == "", s.Reason != "")
		for _, sct := range parseSCTs(b) {
			require.LessOrEqual(t, sct.Time.UTC().Year(), 9999)
		}
	})
}

// signed is a certificate by an issuer, its own if that is nil.
func signed(t testing.TB, serial int64, name string, issuer *x509.Certificate, by *ecdsa.PrivateKey, extra ...pkix.Extension) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{byte(serial)}, 32))
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, NotBefore: noon.Add(-time.Hour), NotAfter: noon.Add(time.Hour),
		IsCA: issuer == nil, BasicConstraintsValid: true, ExtraExtensions: extra}
	if issuer == nil {
		issuer, by = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), by)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return cert, key
}

func TestReadStaple(t *testing.T) {
	ca, caKey := signed(t, 1, "CA", nil, nil)
	leaf, leafKey := signed(t, 2, "leaf", ca, caKey)
	respond := func(status int, serial int64, by *x509.Certificate, key *ecdsa.PrivateKey) []byte {
		template := ocsp.Response{Status: status, SerialNumber: big.NewInt(serial), ThisUpdate: noon, NextUpdate: noon.Add(time.Hour), RevokedAt: noon.Add(-time.Minute)}
		der, err := ocsp.CreateResponse(ca, by, template, key)
		require.NoError(t, err)
		return der
	}
	good := respond(ocsp.Good, 2, ca, caKey)
	chain, both := []*x509.Certificate{leaf}, []*x509.Certificate{leaf, ca}

	s := ReadStaple(good, both, nil)
	require.Equal(t, Staple{Status: "good", Signed: "yes", ThisUpdate: noon, NextUpdate: noon.Add(time.Hour)}, s)
	require.Equal(t, "yes", ReadStaple(good, chain, []*x509.Certificate{leaf, ca}).Signed, "the issuer is in the verified path")
	require.Equal(t, "unknown", ReadStaple(good, chain, nil).Signed, "the issuer is nowhere")
	s = ReadStaple(respond(ocsp.Revoked, 2, ca, caKey), both, nil)
	require.Equal(t, "revoked", s.Status)
	require.Equal(t, noon.Add(-time.Minute), s.RevokedAt)
	require.Equal(t, "unknown", ReadStaple(respond(ocsp.Unknown, 2, ca, caKey), both, nil).Status)
	require.Equal(t, "no", ReadStaple(respond(ocsp.Good, 2, leaf, leafKey), both, nil).Signed, "anybody can sign something")

	s = ReadStaple(respond(ocsp.Good, 3, ca, caKey), both, nil)
	require.Empty(t, s.Status, "a response for another certificate")
	require.NotEmpty(t, s.Reason)
	for n := range good {
		require.Empty(t, ReadStaple(good[:n], both, nil).Status)
	}
	require.Equal(t, "there is no certificate", ReadStaple(good, nil, nil).Reason)
}

func TestTimestampsOfACertificate(t *testing.T) {
	ca, caKey := signed(t, 1, "CA", nil, nil)
	sct := append(append([]byte{0}, make([]byte, 32)...), 0, 0, 1, 0x9a, 0xa4, 0xcd, 0x38, 0, 0, 0, 4, 3, 0, 2, 1, 2)
	sct[1] = 0xab
	second := append([]byte{}, sct...)
	second[1], second[33] = 0xcd, 0xff // and a time that is not of this age
	other := append([]byte{1}, sct[1:]...)
	list := []byte{}
	for _, one := range [][]byte{sct, second, other, {0}} {
		list = append(append(list, byte(len(one)>>8), byte(len(one))), one...)
	}
	whole := append([]byte{byte(len(list) >> 8), byte(len(list))}, list...)
	of := func(value []byte) []SCT {
		der, err := asn1.Marshal(value)
		require.NoError(t, err)
		cert, _ := signed(t, 2, "leaf", ca, caKey, pkix.Extension{Id: oidSCTs, Value: der})
		return SCTs(cert)
	}
	got := of(whole)
	require.Len(t, got, 2, "of version 1, and whole")
	require.Equal(t, byte(0xab), got[0].Log[0])
	require.Equal(t, time.UnixMilli(0x19aa4cd3800), got[0].Time)
	require.Equal(t, 9999, got[1].Time.UTC().Year())
	for n := range whole {
		of(whole[:n])
	}
	require.Nil(t, SCTs(ca))
}
