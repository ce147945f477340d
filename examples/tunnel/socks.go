package main

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strconv"
)

// serveSOCKS is a SOCKS5 proxy (RFC 1928) that connects anybody to anywhere.
func serveSOCKS(l net.Listener, dial func(network, addr string) (net.Conn, error)) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			connectSOCKS(conn, dial)
		}()
	}
}

func connectSOCKS(conn net.Conn, dial func(network, addr string) (net.Conn, error)) error {
	addr, err := readSOCKS(conn)
	if err != nil {
		return err
	}
	target, err := dial("tcp", addr)
	reply := []byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	if err != nil {
		reply[1] = 5 // connection refused
	}
	if _, werr := conn.Write(reply); err != nil || werr != nil {
		return errors.Join(err, werr)
	}
	defer target.Close()
	go func() {
		io.Copy(conn, target)
		conn.Close()
	}()
	_, err = io.Copy(target, conn)
	return err
}

// readSOCKS reads the greeting and the request, and returns where to.
func readSOCKS(conn net.Conn) (string, error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(conn, head); err != nil {
		return "", err
	}
	if _, err := io.CopyN(io.Discard, conn, int64(head[1])); err != nil {
		return "", err
	}
	if _, err := conn.Write([]byte{5, 0}); err != nil { // no authentication
		return "", err
	}
	request := make([]byte, 5)
	if _, err := io.ReadFull(conn, request); err != nil {
		return "", err
	}
	size := map[byte]int{1: 4 - 1, 3: int(request[4]), 4: 16 - 1}[request[3]] // IPv4, a name, IPv6
	if request[0] != 5 || request[1] != 1 || size == 0 {
		return "", errors.New("not a request to connect")
	}
	rest := make([]byte, size+2)
	if _, err := io.ReadFull(conn, rest); err != nil {
		return "", err
	}
	host := string(rest[:size])
	if request[3] != 3 {
		host = net.IP(append(request[4:5:5], rest[:size]...)).String()
	}
	return net.JoinHostPort(host, strconv.Itoa(int(binary.BigEndian.Uint16(rest[size:])))), nil
}
