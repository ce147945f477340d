package handshake

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// chainStart is when the certificates of these tests start to be valid: the
// root for 4 hours, the intermediate from the first hour for 90 minutes, the leaf
// for 3 hours.
var chainStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// chainTest is a chain to a root in a pool that counts how often it was asked
// to judge.
type chainTest struct {
	chain    [][]byte // leaf, intermediate
	root     *x509.Certificate
	pool     *x509.CertPool
	verified int
}

func newChainTest(t *testing.T) *chainTest {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	make := func(name string, parent *x509.Certificate, from, until time.Duration, ca bool) *x509.Certificate {
		tmpl := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
			NotBefore: chainStart.Add(from), NotAfter: chainStart.Add(until), IsCA: ca, BasicConstraintsValid: true,
		}
		if !ca {
			tmpl.DNSNames, tmpl.ExtKeyUsage = []string{"a.test", "b.test"}, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		}
		if parent == nil {
			parent = tmpl
		}
		der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, key.Public(), key)
		require.NoError(t, err)
		cert, err := x509.ParseCertificate(der)
		require.NoError(t, err)
		return cert
	}
	c := &chainTest{root: make("root", nil, 0, 4*time.Hour, true)}
	ca := make("ca", c.root, time.Hour, 150*time.Minute, true)
	leaf := make("leaf", ca, 0, 3*time.Hour, false)
	c.chain, c.pool = [][]byte{leaf.Raw, ca.Raw}, c.newPool()
	return c
}

func (c *chainTest) newPool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCertWithConstraint(c.root, func([]*x509.Certificate) error { c.verified++; return nil })
	return pool
}

// config is a client's with a memory, at a time after chainStart.
func (c *chainTest) config(at time.Duration) *Config {
	return &Config{
		Roots: c.pool, ServerName: "a.test", Chains: NewChainMemory(4),
		Time: func() time.Time { return chainStart.Add(at) },
	}
}

func (c *chainTest) trusted(cfg *Config) bool {
	return cfg.trusts(&session{chain: clone(c.chain)}, serverUsage)
}

func TestAGoodChainIsVerifiedOnce(t *testing.T) {
	c := newChainTest(t)
	cfg := c.config(90 * time.Minute)
	for range 3 {
		require.True(t, c.trusted(cfg))
	}
	require.Equal(t, 1, c.verified)
	cfg.Chains = nil
	for range 3 {
		require.True(t, c.trusted(cfg))
	}
	require.Equal(t, 4, c.verified, "without a memory each time")
}

// What is remembered differs in nothing from what would be found out again.
func TestAMemoryNeverDisagreesWithAVerification(t *testing.T) {
	c := newChainTest(t)
	other := newChainTest(t)
	another := [][]byte{c.chain[0], other.chain[1]}
	flipped := clone(c.chain)
	flipped[0][len(flipped[0])-1] ^= 1
	times := []time.Duration{time.Hour - 1, time.Hour, 100 * time.Minute, 150 * time.Minute, 150*time.Minute + 1, 181 * time.Minute}
	good := 0
	for _, first := range []time.Duration{0, 90 * time.Minute} {
		memory := NewChainMemory(100)
		for _, at := range append([]time.Duration{first}, times...) {
			for _, name := range []string{"a.test", "c.test", ""} {
				for p, pool := range []*x509.CertPool{c.pool, other.pool, x509.NewCertPool()} {
					for i, chain := range [][][]byte{c.chain, c.chain[:1], another, flipped, {c.chain[0], c.chain[1], other.chain[1]}} {
						for _, usage := range []x509.ExtKeyUsage{serverUsage, clientUsage} {
							cfg := c.config(at)
							cfg.Roots, cfg.ServerName, cfg.Chains = pool, name, nil
							fresh := cfg.trusts(&session{chain: chain}, usage)
							cfg.Chains = memory
							got := cfg.trusts(&session{chain: chain}, usage)
							if got != fresh {
								t.Fatalf("at %v, %q, pool %d, chain %d, usage %d: %v by the memory, %v anew", at, name, p, i, usage, got, fresh)
							}
							if got {
								good++
							}
						}
					}
				}
			}
		}
	}
	require.NotZero(t, good)
}

func TestAPathIsValidWhileAllOfItIs(t *testing.T) {
	c := newChainTest(t)
	path := []*x509.Certificate{c.root}
	for _, der := range c.chain {
		cert, err := x509.ParseCertificate(der)
		require.NoError(t, err)
		path = append(path, cert)
	}
	for range path {
		path = append(path[1:], path[0])
		from, until := validity(path)
		require.Equal(t, chainStart.Add(time.Hour), from)
		require.Equal(t, chainStart.Add(150*time.Minute), until)
	}
}

func TestAVerdictAgesByTheConfigsClock(t *testing.T) {
	c := newChainTest(t)
	cfg := c.config(61 * time.Minute)
	at := func(d time.Duration, verified int, why string) {
		cfg.Time = func() time.Time { return chainStart.Add(d) }
		require.True(t, c.trusted(cfg))
		require.Equal(t, verified, c.verified, why)
	}
	at(61*time.Minute, 1, "new")
	at(121*time.Minute, 1, "an hour old")
	at(121*time.Minute+1, 2, "older")
	at(121*time.Minute, 3, "the clock has gone back: the verdict is from the future")
	at(149*time.Minute, 3, "new again")
}

func TestOtherRootsJudgeForThemselves(t *testing.T) {
	c := newChainTest(t)
	cfg := c.config(90 * time.Minute)
	require.True(t, c.trusted(cfg))
	cfg.Roots = c.newPool()
	require.True(t, c.trusted(cfg))
	require.Equal(t, 2, c.verified, "an equal pool is another")
	cfg.Roots = x509.NewCertPool()
	require.False(t, c.trusted(cfg))
}

func TestAnApplicationsVerdictIsNotRemembered(t *testing.T) {
	c := newChainTest(t)
	cfg := c.config(90 * time.Minute)
	require.True(t, c.trusted(cfg))
	require.NotNil(t, cfg.recall(c.chain, serverUsage))
	cfg.Ask = AskVerdict
	require.Nil(t, cfg.recall(c.chain, serverUsage))
	cfg.Ask, cfg.Roots = 0, nil
	require.Nil(t, cfg.recall(c.chain, serverUsage))
}

func TestWhatWasRefusedIsNotRemembered(t *testing.T) {
	c := newChainTest(t)
	cfg := c.config(151 * time.Minute)
	require.False(t, c.trusted(cfg))
	require.Empty(t, cfg.Chains.known)
}

// The verdict says nothing of the leaf's key, which is refused elsewhere.
func TestAChainWhoseKeyIsRefusedIsNotRemembered(t *testing.T) {
	ca, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	short := &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 511, 1), E: 65537}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"a.test"}, BasicConstraintsValid: true,
		NotBefore: chainStart, NotAfter: chainStart.Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, short, ca)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	cfg := &Config{
		Roots: x509.NewCertPool(), ServerName: "a.test", Chains: NewChainMemory(1),
		Time: func() time.Time { return chainStart },
	}
	cfg.Roots.AddCert(leaf)
	require.True(t, cfg.trusts(&session{chain: [][]byte{der}}, serverUsage))
	require.Empty(t, cfg.Chains.known)
}

func TestTheOldestChainMakesRoom(t *testing.T) {
	c := newChainTest(t)
	cfg := c.config(90 * time.Minute)
	cfg.Chains = NewChainMemory(2)
	for _, chain := range [][][]byte{c.chain, append(clone(c.chain), c.chain[1]), append(clone(c.chain), c.chain...)} {
		for range 2 {
			require.True(t, cfg.trusts(&session{chain: chain}, serverUsage))
		}
	}
	require.Equal(t, 3, c.verified)
	require.Len(t, cfg.Chains.known, 2)
	require.Len(t, cfg.Chains.order, 2)
	require.True(t, c.trusted(cfg))
	require.Equal(t, 4, c.verified, "the first was forgotten")
}

func TestALongChainIsNotRemembered(t *testing.T) {
	c := newChainTest(t)
	cfg := c.config(90 * time.Minute)
	long := append(clone(c.chain), slices.Repeat(c.chain[1:], 1+MaxRememberedChain/len(c.chain[1]))...)
	require.True(t, cfg.trusts(&session{chain: long}, serverUsage))
	require.Empty(t, cfg.Chains.known)
}

// An application that writes into a chain, which it must not, breaks what it
// shares but fools no other connection.
func TestASharedChainThatWasWrittenToIsVerifiedAgain(t *testing.T) {
	c := newChainTest(t)
	cfg := c.config(90 * time.Minute)
	require.True(t, c.trusted(cfg))
	s := &session{chain: clone(c.chain)}
	require.True(t, cfg.trusts(s, serverUsage))
	s.chain[0][100] ^= 1
	require.Nil(t, cfg.recall(c.chain, serverUsage))
	require.True(t, c.trusted(cfg))
	require.Equal(t, 2, c.verified)
}

func TestAChainMemoryIsSharedByGoroutines(t *testing.T) {
	c := newChainTest(t)
	c.pool = x509.NewCertPool() // without a counter, which is not for sharing
	c.pool.AddCert(c.root)
	cfg := c.config(90 * time.Minute)
	cfg.Chains = NewChainMemory(1)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			own := *cfg
			own.ServerName = []string{"a.test", "b.test"}[i%2]
			for range 20 {
				if !c.trusted(&own) {
					panic(fmt.Sprint(own.ServerName, " is refused"))
				}
			}
		})
	}
	wg.Wait()
}

func TestALookUpAllocatesNothing(t *testing.T) {
	c := newChainTest(t)
	cfg := c.config(90 * time.Minute)
	require.True(t, c.trusted(cfg))
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if cfg.recall(c.chain, serverUsage) == nil {
			t.Fatal("forgotten")
		}
	}))
}
