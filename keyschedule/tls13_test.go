package keyschedule

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
)

// Transcript hashes of RFC 8448, Section 3, under SHA-256.
var (
	toServerHello    = unhex("860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8")
	toServerVerify   = unhex("edb7725fa7a3473b031ec8ef65a2485493900138a2b91291407d7951a06110ed")
	toServerFinished = unhex("9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13")
	toClientFinished = unhex("209145a96ee8e2a122ff810047cc952684658d6049e86429426db87c54ad143d")
)

func TestSimpleHandshakeOfRFC8448(t *testing.T) {
	suite := cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)

	early := NewEarly(suite.Hash, nil)
	wantSecret(t, "33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a", early.Secret)

	hs := early.Handshake(unhex("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d"))
	wantSecret(t, "1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac", hs.Secret)
	client, server := hs.ClientTraffic(toServerHello), hs.ServerTraffic(toServerHello)
	wantSecret(t, "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21", client)
	wantSecret(t, "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38", server)
	wantKeys(t, "3fce516009c21727d0f2e4e86ee403bc", "5d313eb2671276ee13000b30", TrafficKeys(suite, server))
	wantKeys(t, "dbfaa693d1762c5b666af5d950258d01", "5bd3c71b836e0b76bb73265f", TrafficKeys(suite, client))
	wantSecret(t, "9b9b141d906337fbd2cbdce71df4deda4ab42c309572cb7fffee5454b78f0718",
		VerifyData(suite.Hash, server, toServerVerify))
	wantSecret(t, "a8ec436d677634ae525ac1fcebe11a039ec17694fac6e98527b642f2edd5ce61",
		VerifyData(suite.Hash, client, toServerFinished))

	main := hs.Main()
	wantSecret(t, "18df06843d13a08bf2a449844c5f8a478001bc4d4c627984d5a41da8d0402919", main.Secret)
	client, server = main.ClientTraffic(toServerFinished), main.ServerTraffic(toServerFinished)
	wantSecret(t, "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5", client)
	wantSecret(t, "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643", server)
	wantKeys(t, "9f02283b6c9c07efc26bb9f2ac92e356", "cf782b88dd83549aadf1e984", TrafficKeys(suite, server))
	wantKeys(t, "17422dda596ed5d9acd890e3c63f5051", "5b78923dee08579033e523d9", TrafficKeys(suite, client))
	wantSecret(t, "fe22f881176eda18eb8f44529e6792c50c9a3f89452f68d8ae311b4309d3cf50", main.Exporter(toServerFinished))

	resumption := main.Resumption(toClientFinished)
	wantSecret(t, "7df235f2031d2a051287d02b0241b0bfdaf86cc856231f2d5aba46c434ec196c", resumption)
	wantSecret(t, "4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3",
		ResumptionPSK(suite.Hash, resumption, []byte{0, 0}))
}

func TestResumedHandshakeOfRFC8448(t *testing.T) {
	early := NewEarly(cipher.SHA256, unhex("4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3"))
	wantSecret(t, "9b2188e9b2fc6d64d71dc329900e20bb41915000f678aa839cbb797cb7d8332c", early.Secret)
	wantSecret(t, "69fe131a3bbad5d63c64eebcc30e395b9d8107726a13d074e389dbc8a4e47256", early.BinderKey())
	wantSecret(t, "3add4fb2d8fdf822a0ca3cf7678ef5e88dae990141c5924d57bb6fa31b9e5f9d",
		VerifyData(cipher.SHA256, early.BinderKey(), unhex("63224b2e4573f2d3454ca84b9d009a04f6be9e05711a8396473aefa01e924a14")))

	clientHello := unhex("08ad0fa05d7c7233b1775ba2ff9f4c5b8b59276b7f227f13a976245f5d960913")
	wantSecret(t, "3fbbe6a60deb66c30a32795aba0eff7eaa10105586e7be5c09678d63b6caab62", early.ClientTraffic(clientHello))
	wantSecret(t, "b2026866610937d7423e5be90862ccf24c0e6091186d34f812089ff5be2ef7df", early.Exporter(clientHello))
}

func TestEveryLeafHasALabelOfItsOwn(t *testing.T) {
	for _, h := range hashes {
		th := random(h.Size())
		early := NewEarly(h, th)
		hs := HandshakeSecret{h, early.Secret}
		main := MainSecret{h, early.Secret}
		seen := map[Secret]string{}
		for name, s := range map[string]Secret{
			"resumption binder key":      early.BinderKey(),
			"external binder key":        early.ExternalBinderKey(),
			"imported binder key":        early.ImportedBinderKey(),
			"client early traffic":       early.ClientTraffic(th),
			"early exporter":             early.Exporter(th),
			"client handshake traffic":   hs.ClientTraffic(th),
			"server handshake traffic":   hs.ServerTraffic(th),
			"client application traffic": main.ClientTraffic(th),
			"server application traffic": main.ServerTraffic(th),
			"exporter":                   main.Exporter(th),
			"resumption":                 main.Resumption(th),
			"next traffic":               NextTraffic(h, main.Secret),
		} {
			require.Equal(t, h.Size(), s.Len(), name)
			require.NotContains(t, seen, s, name)
			seen[s] = name
		}
	}
}

func TestBinderKeysAndUpdatesUseTheirLabels(t *testing.T) {
	for _, h := range hashes {
		early, none := NewEarly(h, []byte("psk")), hashOfNothing(h)
		require.Equal(t, h.New().Sum(nil), none.Bytes())
		secret := early.Secret.Bytes()
		require.Equal(t, DeriveSecret(h, secret, "ext binder", none.Bytes()), early.ExternalBinderKey())
		require.Equal(t, DeriveSecret(h, secret, "imp binder", none.Bytes()), early.ImportedBinderKey())
		require.Equal(t, DeriveSecret(h, secret, "traffic upd", nil), NextTraffic(h, early.Secret))
	}
}

func TestNoPSKAndNoKeyExchangeCountAsZeros(t *testing.T) {
	for _, h := range hashes {
		zeros := make([]byte, h.Size())
		none, zero := NewEarly(h, nil), NewEarly(h, zeros)
		require.Equal(t, zero, none)
		require.Equal(t, zero.Handshake(zeros), none.Handshake(nil))
	}
}

func TestExportDependsOnItsLabelAndContext(t *testing.T) {
	for _, h := range hashes {
		secret := SecretOf(random(h.Size()))
		export := func(label string, context []byte) string {
			out, err := Export(h, secret, label, context, 40)
			require.NoError(t, err)
			require.Len(t, out, 40)
			return hex.EncodeToString(out)
		}
		base := export("label", []byte("context"))
		require.NotEqual(t, base, export("labe", []byte("context")))
		require.NotEqual(t, base, export("label", []byte("contex")))
		require.Equal(t, export("label", nil), export("label", []byte{}),
			"RFC 9846, Section 7.5: providing no context computes the same value as an empty one")
		long := make([]byte, 70000)
		require.NotEqual(t, export("label", nil), export("label", long), "a context may be of any length")
	}
}

func TestExportRefusesWhatItCannotGive(t *testing.T) {
	secret := SecretOf(random(32))
	label := make([]byte, MaxLabel+1)
	for name, c := range map[string]struct {
		label  string
		length int
	}{
		"negative length":      {"label", -1},
		"more than 255 hashes": {"label", 255*32 + 1},
		"label too long":       {string(label), 32},
	} {
		_, err := Export(cipher.SHA256, secret, c.label, nil, c.length)
		require.ErrorIs(t, err, ErrExport, name)
	}
	out, err := Export(cipher.SHA256, secret, string(label[1:]), nil, 255*32)
	require.NoError(t, err)
	require.Len(t, out, 255*32)
}

func wantSecret(t *testing.T, want string, got Secret) {
	t.Helper()
	require.Equal(t, want, hex.EncodeToString(got.Bytes()))
}

func wantKeys(t *testing.T, key, iv string, got Keys) {
	t.Helper()
	require.Equal(t, key, hex.EncodeToString(got.Key[:got.KeyLen]))
	require.Equal(t, iv, hex.EncodeToString(got.IV[:got.IVLen]))
}
