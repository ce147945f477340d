//go:build linux

package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/record"
)

// From linux/tcp.h, linux/socket.h and linux/tls.h.
const (
	tcpULP           = 31
	solTLS           = 282
	tlsTX            = 1
	tlsRX            = 2
	tlsSetRecordType = 1
	tlsGetRecordType = 2
)

// ErrNoTLS: the kernel has no TLS.
var ErrNoTLS = errors.New("this kernel has no TLS: modprobe tls")

// attach makes a connected socket one that can have keys.
func attach(raw syscall.RawConn) error {
	err := control(raw, func(fd int) error { return syscall.SetsockoptString(fd, syscall.IPPROTO_TCP, tcpULP, "tls") })
	if errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.ENOPROTOOPT) {
		return ErrNoTLS
	}
	return err
}

// setKeys gives the kernel the keys of a direction, tlsTX or tlsRX.
func setKeys(raw syscall.RawConn, direction int, keys tlsengine.TrafficKeys) error {
	info := keys.AppendLinux(nil)
	err := control(raw, func(fd int) error { return syscall.SetsockoptString(fd, solTLS, direction, string(info)) })
	if err != nil {
		return fmt.Errorf("the kernel does not take keys for %v: %w", keys.Suite, err)
	}
	return nil
}

// clearError takes the error of a record that was refused off the socket, which
// else does not send either.
func clearError(raw syscall.RawConn) error {
	return control(raw, func(fd int) error {
		_, err := syscall.GetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_ERROR)
		return err
	})
}

func control(raw syscall.RawConn, f func(fd int) error) (err error) {
	if failed := raw.Control(func(fd uintptr) { err = f(int(fd)) }); failed != nil {
		return failed
	}
	return err
}

// sendRecord sends content in records of a type.
func sendRecord(raw syscall.RawConn, typ record.ContentType, content []byte) error {
	oob := typeMessage(typ)
	for len(content) > 0 {
		var n int
		var err error
		waited := raw.Write(func(fd uintptr) bool {
			n, err = syscall.SendmsgN(int(fd), content, oob, nil, 0)
			return err != syscall.EAGAIN && err != syscall.EINTR
		})
		if waited != nil {
			return waited
		}
		if err != nil {
			return err
		}
		content = content[n:]
	}
	return nil
}

// typeMessage is the control message with the type of the record to be sent.
func typeMessage(typ record.ContentType) []byte {
	b := make([]byte, 0, syscall.CmsgSpace(1))
	if syscall.SizeofCmsghdr == 16 {
		b = binary.NativeEndian.AppendUint64(b, uint64(syscall.CmsgLen(1)))
	} else {
		b = binary.NativeEndian.AppendUint32(b, uint32(syscall.CmsgLen(1)))
	}
	b = binary.NativeEndian.AppendUint32(b, solTLS)
	b = binary.NativeEndian.AppendUint32(b, tlsSetRecordType)
	return append(b, byte(typ))[:cap(b)]
}

// receiveRecord receives from one record, or from several of application data.
// At the end of the transport there is neither type nor content.
func receiveRecord(raw syscall.RawConn, p []byte) (typ record.ContentType, n int, err error) {
	oob, oobn := make([]byte, syscall.CmsgSpace(1)), 0
	waited := raw.Read(func(fd uintptr) bool {
		n, oobn, _, _, err = syscall.Recvmsg(int(fd), p, oob, 0)
		return err != syscall.EAGAIN && err != syscall.EINTR
	})
	if waited != nil {
		return 0, 0, waited
	}
	if err != nil {
		return 0, 0, err
	}
	messages, err := syscall.ParseSocketControlMessage(oob[:oobn])
	for _, m := range messages {
		if m.Header.Level == solTLS && m.Header.Type == tlsGetRecordType && len(m.Data) > 0 {
			typ = record.ContentType(m.Data[0])
		}
	}
	return typ, n, err
}

// Rekeys tries whether this kernel takes a second key, as Linux does from 6.14
// on.
var Rekeys = sync.OnceValues(func() (bool, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return false, err
	}
	defer l.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return false, err
	}
	defer conn.Close()
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		return false, err
	}
	if err := attach(raw); err != nil {
		return false, err
	}
	keys := tlsengine.TrafficKeys{
		Version: tlsengine.VersionTLS13, Suite: cipher.TLS_AES_128_GCM_SHA256,
		Key: make([]byte, 16), Salt: make([]byte, 4), IV: make([]byte, 8),
	}
	if err := setKeys(raw, tlsTX, keys); err != nil {
		return false, err
	}
	return setKeys(raw, tlsTX, keys) == nil, nil
})
