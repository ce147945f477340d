//go:build !js

package main

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
)

// The opcodes of RFC 6455, Section 5.2 that are known here.
const (
	opContinuation, opBinary, opClose, opPing, opPong = 0, 2, 8, 9, 10

	final, masked = 0x80, 0x80
)

// webSocket is the server's end of a WebSocket that carries bytes.
type webSocket struct {
	conn net.Conn
	r    *bufio.Reader

	left uint64 // of the current frame
	mask [4]byte
	at   int // in the mask

	write sync.Mutex
}

// upgrade makes a WebSocket of a request: RFC 6455, Section 4.2.
func upgrade(w http.ResponseWriter, req *http.Request) (*webSocket, error) {
	key := req.Header.Get("Sec-WebSocket-Key")
	if !strings.EqualFold(req.Header.Get("Upgrade"), "websocket") || key == "" {
		return nil, errors.New("this is for WebSockets")
	}
	// A page of another site must not use the relay in its user's name.
	if origin := req.Header.Get("Origin"); origin != "http://"+req.Host {
		return nil, errors.New("the page is from elsewhere")
	}
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, err
	}
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	_, err = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: "+base64.StdEncoding.EncodeToString(sum[:])+"\r\n\r\n")
	return &webSocket{conn: conn, r: rw.Reader}, err
}

// Read reads what binary frames carry. Where messages end means nothing.
func (ws *webSocket) Read(p []byte) (int, error) {
	for ws.left == 0 {
		if err := ws.frame(); err != nil {
			return 0, err
		}
	}
	n, err := ws.r.Read(p[:min(uint64(len(p)), ws.left)])
	ws.unmask(p[:n])
	ws.left -= uint64(n)
	return n, err
}

// frame reads the head of the next frame, and answers what is not data.
func (ws *webSocket) frame() error {
	var head [2]byte
	if _, err := io.ReadFull(ws.r, head[:]); err != nil {
		return err
	}
	size := uint64(head[1] &^ masked)
	if more := map[uint64]int{126: 2, 127: 8}[size]; more > 0 {
		var b [8]byte
		if _, err := io.ReadFull(ws.r, b[8-more:]); err != nil {
			return err
		}
		size = binary.BigEndian.Uint64(b[:])
	}
	// "a server MUST close the connection upon receiving a frame that is not
	// masked." RFC 6455, Section 5.1.
	if head[1]&masked == 0 {
		return errors.New("a frame that is not masked")
	}
	if _, err := io.ReadFull(ws.r, ws.mask[:]); err != nil {
		return err
	}
	ws.at = 0
	switch op := head[0] & 15; {
	case op == opBinary || op == opContinuation:
		ws.left = size
		return nil
	case size > 125:
		return errors.New("a long control frame, or text")
	case op == opClose:
		return io.EOF
	case op == opPing || op == opPong:
		b := make([]byte, size)
		if _, err := io.ReadFull(ws.r, b); err != nil || op == opPong {
			return err
		}
		ws.unmask(b)
		return ws.send(opPong, b)
	}
	return errors.New("an unknown frame")
}

func (ws *webSocket) unmask(b []byte) {
	for i := range b {
		b[i] ^= ws.mask[ws.at&3]
		ws.at++
	}
}

// Write sends p as a message.
func (ws *webSocket) Write(p []byte) (int, error) { return len(p), ws.send(opBinary, p) }

func (ws *webSocket) send(op byte, p []byte) error {
	frame := []byte{final | op}
	switch {
	case len(p) < 126:
		frame = append(frame, byte(len(p)))
	case len(p) < 1<<16:
		frame = binary.BigEndian.AppendUint16(append(frame, 126), uint16(len(p)))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, 127), uint64(len(p)))
	}
	ws.write.Lock()
	defer ws.write.Unlock()
	_, err := ws.conn.Write(append(frame, p...))
	return err
}

// Close says that it is over, and closes.
func (ws *webSocket) Close() error {
	return errors.Join(ws.send(opClose, nil), ws.conn.Close())
}
