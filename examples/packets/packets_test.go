package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
)

// lab is a peer and a network that have not said anything.
func lab(t *testing.T, change func(client, server *tls.Config)) (peer, network *Carrier) {
	client, server, err := configs()
	require.NoError(t, err)
	change(client, server)
	peer, err = NewPeer(client)
	require.NoError(t, err)
	network, err = NewAuthenticator(server)
	require.NoError(t, err)
	return peer, network
}

// converse runs the conversation to its end and returns its packets.
func converse(t *testing.T, peer, network *Carrier) (packets [][]byte, peerErr, networkErr error) {
	for p := network.Start(); len(packets) < 100; {
		packets = append(packets, slices.Clone(p))
		answer, err := peer.Receive(p)
		if answer == nil {
			return packets, err, networkErr
		}
		packets = append(packets, slices.Clone(answer))
		if p, networkErr = network.Receive(answer); p == nil {
			return packets, nil, networkErr
		}
	}
	t.Fatal("they do not stop")
	return nil, nil, nil
}

func TestEAPTLS(t *testing.T) {
	for _, change := range []func(client, server *tls.Config){
		func(client, server *tls.Config) {},
		func(client, server *tls.Config) { server.TicketKeys = tls.NewTicketKeys() },
		func(client, server *tls.Config) { server.RetryCookie = make([]byte, 3000) },
		func(client, server *tls.Config) { client.KeyShares = []group.ID{} },
	} {
		peer, network := lab(t, change)
		packets, err, err2 := converse(t, peer, network)
		require.NoError(t, err)
		require.NoError(t, err2)
		require.Equal(t, []byte{success, packets[len(packets)-1][1], 0, 4}, packets[len(packets)-1])
		fragments := 0
		for _, p := range packets {
			require.LessOrEqual(t, len(p), 1020, "every carrier of EAP takes it")
			require.EqualValues(t, len(p), binary.BigEndian.Uint16(p[2:]))
			if len(p) > 6 && p[5]&flagMore != 0 {
				fragments++
			}
		}
		require.GreaterOrEqual(t, fragments, 2, "the flights of both sides are longer than a packet")
		ours, err := peer.Key()
		require.NoError(t, err)
		theirs, err := network.Key()
		require.NoError(t, err)
		require.Equal(t, ours, theirs)
		require.Len(t, ours, 64)
	}
}

func TestAnUntrustedNetworkIsToldSoAndAnUntrustedPeerToo(t *testing.T) {
	peer, network := lab(t, func(client, server *tls.Config) { client.ServerName = "other.example" })
	packets, err, err2 := converse(t, peer, network)
	require.Error(t, err)
	require.ErrorContains(t, err2, "bad_certificate")
	require.EqualValues(t, failure, packets[len(packets)-1][0])

	peer, network = lab(t, func(client, server *tls.Config) { client.Credentials = nil })
	packets, err, err2 = converse(t, peer, network)
	require.ErrorContains(t, err, "certificate_required")
	require.Error(t, err2)
	require.EqualValues(t, failure, packets[len(packets)-1][0])
	for _, c := range []*Carrier{peer, network} {
		_, err := c.Key()
		require.Error(t, err)
	}
}

// Anybody can send a Success.
func TestASuccessThatTLSDidNotConfirmIsNone(t *testing.T) {
	peer, network := lab(t, func(client, server *tls.Config) {})
	p := network.Start()
	for range 3 {
		answer, err := peer.Receive(p)
		require.NoError(t, err)
		p, err = network.Receive(answer)
		require.NoError(t, err)
	}
	answer, err := peer.Receive([]byte{success, p[1], 0, 4})
	require.Nil(t, answer)
	require.ErrorContains(t, err, "has not confirmed")
}

func TestAPacketThatComesTwiceIsAnsweredTwice(t *testing.T) {
	peer, network := lab(t, func(client, server *tls.Config) {})
	for p := network.Start(); p != nil; {
		answer, err := peer.Receive(p)
		require.NoError(t, err)
		if answer == nil {
			break
		}
		again, err := peer.Receive(p)
		require.NoError(t, err)
		require.True(t, bytes.Equal(answer, again))
		p, err = network.Receive(answer)
		require.NoError(t, err)
		late, err := network.Receive(answer) // with an id that is over
		require.NoError(t, err)
		require.Nil(t, late)
	}
	_, err := peer.Key()
	require.NoError(t, err)
}

func TestMemoryForAFlightIsBounded(t *testing.T) {
	_, network := lab(t, func(client, server *tls.Config) {})
	id := network.Start()[1]
	for range 2 * maxMessage / 1000 {
		p, err := network.Receive(packet(response, id, flagMore, nil, make([]byte, 1000)))
		require.LessOrEqual(t, len(network.in), maxMessage+1000)
		if err != nil {
			require.EqualValues(t, failure, p[0])
			return
		}
		id = p[1]
	}
	t.Fatal("it goes on for ever")
}

func TestTheExchangeIsPrinted(t *testing.T) {
	client, server, err := configs()
	require.NoError(t, err)
	var out strings.Builder
	require.NoError(t, authenticate(client, server, &out))
	require.Contains(t, out.String(), "->  Request  1, 0 bytes, start\n <- Response 1, 1010 bytes, length of all, more\n")
	require.Contains(t, out.String(), "->  Success")
	require.Contains(t, out.String(), "both have the same key: true")
}

func TestTDSHoldsTheHandshakeAndNothingElse(t *testing.T) {
	client, server, err := configs()
	require.NoError(t, err)
	var out strings.Builder
	require.NoError(t, login(client, server, &out))
	require.Equal(t, "TLS 1.2 in packets, then LOGINACK without\n", out.String())
}

func TestTDSPacketsCutAnywhere(t *testing.T) {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	message := bytes.Repeat([]byte("0123456789"), 1000)
	go func() {
		w := &TDS{Conn: a}
		w.Write(message)
		w.Stop.Store(true)
		w.Write([]byte("bare"))
		a.Close()
	}()
	r := &TDS{Conn: b}
	var got []byte
	for len(got) < len(message) {
		p := make([]byte, 7)
		n, err := r.Read(p)
		require.NoError(t, err)
		got = append(got, p[:n]...)
	}
	require.True(t, bytes.Equal(message, got))
	r.Stop.Store(true)
	rest, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, "bare", string(rest))

	c, d := net.Pipe()
	go c.Write([]byte("\x16\x03\x01\x02\x00\x01\x00\x01")) // TLS without a packet
	_, err = (&TDS{Conn: d}).Read(make([]byte, 1))
	require.ErrorContains(t, err, "not inside TDS packets")
}

func FuzzEAPPackets(f *testing.F) {
	f.Add([]byte{2, 1, 0, 6, typeTLS, 0})
	f.Add(packet(response, 1, flagLength|flagMore, []byte{0, 0, 1, 0}, []byte{22, 3, 1, 0, 2, 1, 0}))
	client, server, err := configs()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		peer, err := NewPeer(client)
		require.NoError(t, err)
		peer.Receive(slices.Clone(p))
		network, err := NewAuthenticator(server)
		require.NoError(t, err)
		network.Start()
		network.Receive(p)
	})
}
