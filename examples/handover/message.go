//go:build unix

package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
)

type kind uint8

const (
	keys kind = iota + 1
	listener
	connection
	end
	ready
	commit
)

// headerLen is kind and length.
const headerLen = 5

// maxMessage bounds what a process believes the other.
const maxMessage = 1 << 26

// errProtocol: what came is not what the protocol says.
var errProtocol = errors.New("the other process does not keep to the protocol")

// send sends a message, with the descriptor of sock if that is not nil.
func send(to *net.UnixConn, k kind, body []byte, sock syscall.Conn) error {
	header := binary.BigEndian.AppendUint32([]byte{byte(k)}, uint32(len(body)))
	if err := sendHeader(to, header, sock); err != nil || len(body) == 0 {
		return err
	}
	_, err := to.Write(body)
	return err
}

// sendHeader lends the descriptor to sendmsg, which duplicates it. File would
// duplicate it once more.
func sendHeader(to *net.UnixConn, header []byte, sock syscall.Conn) error {
	if sock == nil {
		_, err := to.Write(header)
		return err
	}
	raw, err := sock.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		_, _, failed = to.WriteMsgUnix(header, syscall.UnixRights(int(fd)), nil)
	})
	return errors.Join(err, failed)
}

// receive receives a message and the descriptor that came with it, or -1.
func receive(from *net.UnixConn) (k kind, body []byte, fd int, err error) {
	header, oob := make([]byte, headerLen), make([]byte, syscall.CmsgSpace(4))
	n, oobn, _, _, err := from.ReadMsgUnix(header, oob)
	if err != nil {
		return 0, nil, -1, err
	}
	if fd, err = descriptor(oob[:oobn]); err != nil {
		return 0, nil, -1, err
	}
	if _, err = io.ReadFull(from, header[n:]); err == nil {
		length := binary.BigEndian.Uint32(header[1:])
		if length > maxMessage {
			err = fmt.Errorf("%w: a message of %d bytes", errProtocol, length)
		} else {
			body = make([]byte, length)
			_, err = io.ReadFull(from, body)
		}
	}
	if err != nil && fd >= 0 {
		syscall.Close(fd)
	}
	return kind(header[0]), body, fd, err
}

func descriptor(oob []byte) (fd int, err error) {
	if len(oob) == 0 {
		return -1, nil
	}
	messages, err := syscall.ParseSocketControlMessage(oob)
	if err != nil || len(messages) != 1 {
		return -1, errProtocol
	}
	fds, err := syscall.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		return -1, errProtocol
	}
	syscall.CloseOnExec(fds[0])
	return fds[0], nil
}

// body is the Connection of the protocol.
func (c *conn) body() []byte {
	var b []byte
	for _, part := range [][]byte{c.snapshot, c.unread, c.unwritten} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	if c.finishing {
		return append(b, 1)
	}
	return append(b, 0)
}

// parse reads a Connection.
func (c *conn) parse(b []byte) error {
	for _, part := range []*[]byte{&c.snapshot, &c.unread, &c.unwritten} {
		if len(b) < 4 {
			return errProtocol
		}
		n := uint64(binary.BigEndian.Uint32(b))
		if b = b[4:]; uint64(len(b)) < n {
			return errProtocol
		}
		*part, b = b[:n:n], b[n:]
	}
	if len(b) != 1 || b[0] > 1 {
		return errProtocol
	}
	c.finishing = b[0] == 1
	return nil
}
