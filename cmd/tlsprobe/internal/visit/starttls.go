package visit

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// StartTLS are the protocols that a server can begin in the clear.
var StartTLS = []string{"smtp", "imap", "postgres"}

// maxLine is how long a line before TLS may be, in bytes.
const maxLine = 1 << 10

// maxGreeting is how many of them there may be.
const maxGreeting = 32

// greet says what a server says before TLS: enough for a client to come to its
// STARTTLS, and nothing else.
func greet(c net.Conn, protocol string) error {
	c.SetDeadline(time.Now().Add(RequestTime)) //nolint:errcheck // a socket takes deadlines
	switch protocol {
	case "":
		return nil
	case "smtp":
		return lines(c, "220 localhost ESMTP tlsprobe\r\n", smtp)
	case "imap":
		return lines(c, "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] tlsprobe\r\n", imap)
	case "postgres":
		return postgres(c)
	}
	return fmt.Errorf("no STARTTLS is known for %q", protocol)
}

// lines answers line by line until one starts TLS.
func lines(c net.Conn, greeting string, answer func(line string) (say string, tls, over bool)) error {
	if _, err := io.WriteString(c, greeting); err != nil {
		return err
	}
	for range maxGreeting {
		line, err := readLine(c)
		if err != nil {
			return err
		}
		say, tls, over := answer(line)
		if _, err := io.WriteString(c, say); err != nil || tls {
			return err
		}
		if over {
			return fmt.Errorf("the client left before STARTTLS")
		}
	}
	return fmt.Errorf("no STARTTLS in %d lines", maxGreeting)
}

// readLine reads a byte at a time: what stands behind the last line is TLS.
func readLine(c net.Conn) (string, error) {
	var line []byte
	for b := make([]byte, 1); len(line) < maxLine; {
		if _, err := io.ReadFull(c, b); err != nil {
			return "", err
		}
		if b[0] == '\n' {
			return string(bytes.TrimRight(line, "\r")), nil
		}
		line = append(line, b[0])
	}
	return "", fmt.Errorf("a line of more than %d bytes", maxLine)
}

func smtp(line string) (say string, tls, over bool) {
	verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
	switch verb {
	case "EHLO", "LHLO":
		return "250-localhost\r\n250-PIPELINING\r\n250 STARTTLS\r\n", false, false
	case "HELO", "NOOP", "RSET":
		return "250 localhost\r\n", false, false
	case "STARTTLS":
		return "220 go ahead\r\n", true, false
	case "QUIT":
		return "221 bye\r\n", false, true
	}
	return "530 STARTTLS first\r\n", false, false
}

func imap(line string) (say string, tls, over bool) {
	tag, command, _ := strings.Cut(line, " ")
	if tag == "" || strings.ContainsAny(tag, "*+{(") {
		return "* BAD no tag\r\n", false, false
	}
	switch strings.ToUpper(strings.TrimSpace(command)) {
	case "CAPABILITY":
		return "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n" + tag + " OK\r\n", false, false
	case "NOOP", "ID NIL":
		return tag + " OK\r\n", false, false
	case "STARTTLS":
		return tag + " OK go ahead\r\n", true, false
	case "LOGOUT":
		return "* BYE\r\n" + tag + " OK\r\n", false, true
	}
	return tag + " BAD STARTTLS first\r\n", false, false
}

// postgres answers an SSLRequest. A client may ask for GSS encryption first.
func postgres(c net.Conn) error {
	const sslRequest, gssRequest = "\x00\x00\x00\x08\x04\xd2\x16\x2f", "\x00\x00\x00\x08\x04\xd2\x16\x30"
	for b := make([]byte, len(sslRequest)); ; {
		if _, err := io.ReadFull(c, b); err != nil {
			return err
		}
		switch string(b) {
		case sslRequest:
			_, err := io.WriteString(c, "S")
			return err
		case gssRequest:
			if _, err := io.WriteString(c, "N"); err != nil {
				return err
			}
		default:
			return fmt.Errorf("no SSLRequest")
		}
	}
}
