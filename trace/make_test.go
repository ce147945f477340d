package trace

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A chunk is what one side wrote at once.
type chunk struct {
	dir  string
	data []byte
}

// A tap is a connection that keeps what is written to it. Writing never waits.
type tap struct {
	net.Conn
	dir   string
	mu    *sync.Mutex
	said  *[]chunk
	queue chan []byte
}

func newTap(conn net.Conn, dir string, mu *sync.Mutex, said *[]chunk) *tap {
	t := &tap{conn, dir, mu, said, make(chan []byte, 100)}
	go func() {
		for b := range t.queue {
			_, _ = conn.Write(b)
		}
		_ = conn.Close()
	}()
	return t
}

func (t *tap) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*t.said = append(*t.said, chunk{t.dir, bytes.Clone(b)})
	t.queue <- bytes.Clone(b)
	return len(b), nil
}

func (t *tap) Close() error {
	close(t.queue)
	return nil
}

// A dialogue is a connection between two ends of crypto/tls: what was said, in
// order, and the key log.
type dialogue struct {
	said   []chunk
	keyLog bytes.Buffer
}

func (d *dialogue) stream(dir string) []byte {
	var all []byte
	for _, c := range d.said {
		if c.dir == dir {
			all = append(all, c.data...)
		}
	}
	return all
}

func (d *dialogue) log(t testing.TB) KeyLog {
	log, err := ParseKeyLog(d.keyLog.Bytes())
	require.NoError(t, err)
	return log
}

// testCertificate is a certificate for lab.example, with a name that would
// like to be more.
var testCertificate = sync.OnceValue(func() tls.Certificate {
	return newCertificate("</script><script>alert(1)</script>\x1b[31m")
})

func newCertificate(name string, others ...string) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Unix(1.7e9, 0), NotAfter: time.Unix(2.5e9, 0), DNSNames: append([]string{"lab.example"}, others...)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// talk runs a connection: handshake, a request, a reply, and both closes.
func talk(t testing.TB, change func(client, server *tls.Config)) *dialogue {
	d := &dialogue{}
	a, b := net.Pipe()
	var mu sync.Mutex
	client := &tls.Config{ServerName: "lab.example", InsecureSkipVerify: true, KeyLogWriter: &d.keyLog, NextProtos: []string{"h2", "http/1.1"}}
	server := &tls.Config{Certificates: []tls.Certificate{testCertificate()}, NextProtos: []string{"http/1.1"}}
	if change != nil {
		change(client, server)
	}
	deadline := time.Now().Add(10 * time.Second)
	require.NoError(t, a.SetDeadline(deadline))
	require.NoError(t, b.SetDeadline(deadline))
	done := make(chan error, 1)
	go func() {
		s := tls.Server(newTap(b, S2C, &mu, &d.said), server)
		request := make([]byte, 4)
		_, err := s.Read(request)
		if err == nil {
			_, err = s.Write([]byte("PONG"))
		}
		_ = s.Close()
		done <- err
	}()
	c := tls.Client(newTap(a, C2S, &mu, &d.said), client)
	_, err := c.Write([]byte("PING"))
	if err == nil {
		reply := make([]byte, 4)
		_, err = c.Read(reply)
	}
	_ = c.Close()
	if served := <-done; err == nil {
		require.NoError(t, served)
	}
	return d
}

// capture writes a dialogue as a .pcap file: Ethernet, IPv4, TCP, each chunk in
// segments of size bytes. change may reorder or drop packets.
func (d *dialogue) capture(size int, change func([][]byte) [][]byte) []byte {
	seq := map[string]uint32{C2S: 1000, S2C: 0xfffffff0} // the server's wraps
	packet := func(dir string, flags byte, data []byte) []byte {
		p := make([]byte, 14+20+20, 14+20+20+len(data))
		binary.BigEndian.PutUint16(p[12:], 0x0800)
		ip := p[14:]
		ip[0], ip[9] = 0x45, 6
		binary.BigEndian.PutUint16(ip[2:], uint16(40+len(data)))
		from, to, sport, dport := byte(1), byte(2), uint16(40000), uint16(443)
		if dir == S2C {
			from, to, sport, dport = to, from, dport, sport
		}
		copy(ip[12:], []byte{192, 0, 2, from, 192, 0, 2, to})
		tcp := ip[20:]
		binary.BigEndian.PutUint16(tcp, sport)
		binary.BigEndian.PutUint16(tcp[2:], dport)
		binary.BigEndian.PutUint32(tcp[4:], seq[dir])
		tcp[12], tcp[13] = 5<<4, flags
		seq[dir] += uint32(len(data))
		if flags&2 != 0 {
			seq[dir]++
		}
		return append(p, data...)
	}
	packets := [][]byte{packet(C2S, 2, nil), packet(S2C, 0x12, nil)}
	for _, c := range d.said {
		for data := c.data; len(data) > 0; {
			n := min(size, len(data))
			packets = append(packets, packet(c.dir, 0x18, data[:n]))
			data = data[n:]
		}
	}
	if change != nil {
		packets = change(packets)
	}
	return pcapFile(packets)
}

// pcapFile is a .pcap file with those packets, a millisecond apart.
func pcapFile(packets [][]byte) []byte {
	file := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	file = append(file, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 0, 0)
	for i, p := range packets {
		file = binary.LittleEndian.AppendUint32(file, 1.7e9+uint32(i/1000))
		file = binary.LittleEndian.AppendUint32(file, uint32(1000*(i%1000)))
		file = binary.LittleEndian.AppendUint32(file, uint32(len(p)))
		file = binary.LittleEndian.AppendUint32(file, uint32(len(p)))
		file = append(file, p...)
	}
	return file
}
