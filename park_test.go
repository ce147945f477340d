package tlsengine_test

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/race"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// parkedGoal is the live heap of one side of a connection while it is parked,
// without a chain that nobody else has.
const parkedGoal = 512

// parkedPairs is how many connections TestParkedConnectionsAreSmall makes, of
// the first kind: 2000, or TLSENGINE_PARKED. "make bench" makes 100,000.
func parkedPairs() int {
	if n, err := strconv.Atoi(os.Getenv("TLSENGINE_PARKED")); err == nil {
		return n
	}
	return 2000
}

func TestParkedConnectionsAreSmall(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector has a heap of its own")
	}
	for i, suite := range []cipher.ID{
		cipher.TLS_AES_128_GCM_SHA256, cipher.TLS_AES_256_GCM_SHA384,
		cipher.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, cipher.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	} {
		t.Run(suite.String(), func(t *testing.T) {
			client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
			client.Suites = []*cipher.Suite{cipher.Lookup(suite)}
			client.Groups = []*group.Group{group.Lookup(group.X25519), group.Lookup(group.P256)}
			if !client.Suites[0].TLS13() {
				only12(client)
			}
			n := parkedPairs()
			if i > 0 {
				n = 300
			}
			ofClient, ofServer := measureParked(t, n, client, server, nil)
			t.Logf("%d connections: client %d bytes, with the server's certificate of %d bytes, which all have; server %d bytes",
				n, ofClient, len(testpeer.ServerIdentity().Chain[0]), ofServer)
			require.Greater(t, min(ofClient, ofServer), 3*32, "the secrets at the least")
			require.LessOrEqual(t, ofClient, parkedGoal)
			require.LessOrEqual(t, ofServer, parkedGoal)
		})
	}
}

// A chain that no other connection has costs its length, and some 200 bytes
// that it takes to know that.
func TestAParkedChainOfItsOwnCostsItsLength(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector has a heap of its own")
	}
	const n = 200
	client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
	client.Groups = []*group.Group{group.Lookup(group.X25519)}
	client.Ask = tlsengine.AskCredential
	requires(server)
	key := testpeer.ClientIdentity().Key
	i, length := 0, 0
	_, ofServer := measureParked(t, n, client, server, func(e *tlsengine.Engine, q tlsengine.Request) {
		i++
		der := testpeer.Issue(fmt.Sprintf("client%03d.test", i), key.Public())
		length = len(der)
		require.NoError(t, e.UseCredential(credential(der, key), nil))
	})
	t.Logf("%d connections, each of a client with its own certificate of %d bytes: server %d bytes", n, length, ofServer)
	require.Greater(t, ofServer, length)
	require.LessOrEqual(t, ofServer-length, parkedGoal+250)
}

// measureParked makes n connections, parks them, and gives the live heap of a
// client and of a server.
func measureParked(t *testing.T, n int, client, server *tlsengine.Config, answer func(*tlsengine.Engine, tlsengine.Request)) (ofClient, ofServer int) {
	clients, servers := make([]*tlsengine.Engine, n), make([]*tlsengine.Engine, n)
	connect := func(i int) {
		c, err := tlsengine.NewClient(client)
		require.NoError(t, err)
		s, err := tlsengine.NewServer(server)
		require.NoError(t, err)
		p := &pair{t, &end{Engine: c, name: "client", answer: answer}, &end{Engine: s, name: "server"}}
		p.run()
		p.exchange([]byte("data"))
		c.Park()
		s.Park()
		clients[i], servers[i] = c, s
	}
	connect(0) // and whatever is made once
	before := liveHeap()
	for i := range n {
		connect(i)
	}
	all := liveHeap()
	clear(clients)
	left := liveHeap()
	runtime.KeepAlive(clients)
	runtime.KeepAlive(servers)
	return (all - left) / n, (left - before) / n
}

// liveHeap is what is in use of the heap. What package unique has lost the
// last reference to goes with a second collection.
func liveHeap() int {
	var m runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

func TestAParkedEngineKnowsItsPeerStill(t *testing.T) {
	for name, change := range map[string]func(*tlsengine.Config){"TLS 1.3": func(*tlsengine.Config) {}, "TLS 1.2": speaks12} {
		t.Run(name, func(t *testing.T) {
			client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
			authenticates(client)
			requires(server)
			whole := *testpeer.ServerIdentity().Credential()
			whole.Chain, whole.Staple = append(whole.Chain, testpeer.RootCertificate()), []byte("a staple")
			server.Credentials = []*tlsengine.Credential{&whole}
			client.RequestStatus = true
			change(client)
			p := meet(t, client, server)
			for _, e := range []*end{p.client, p.server} {
				want := e.ConnectionState()
				require.NotEmpty(t, want.PeerChain)
				e.Park()
				require.Equal(t, want, e.ConnectionState())
			}
			require.Len(t, p.client.ConnectionState().PeerChain, 2)
			require.Len(t, p.server.ConnectionState().PeerChain, 1)
			require.Nil(t, p.server.ConnectionState().PeerStaple)
			require.Equal(t, "a staple", string(p.client.ConnectionState().PeerStaple))

			other := meet(t, client, server)
			p.client.Park()
			other.client.Park()
			p.exchange([]byte("data"))
			p.client.ConnectionState().PeerChain[0][0] ^= 1
			require.NotEqual(t, p.client.ConnectionState().PeerChain, other.client.ConnectionState().PeerChain,
				"what is shared is not changed by who changes his own")
		})
	}
}
