package pki

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"io"
	"os"
	"path/filepath"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
)

// maxFile is how long a file with certificates or keys may be, in bytes.
const maxFile = 16 << 20

// ReadFile reads a file that the user named, up to a limit.
func ReadFile(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.InputError("file", "%s: %v", name, Plain(err))
	}
	defer f.Close() //nolint:errcheck // it was only read
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Size() > limit {
		return nil, fault.InputError("file", "%s is longer than %d bytes", name, limit)
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, fault.InputError("file", "%s: %v", name, Plain(err))
	case int64(len(b)) > limit:
		return nil, fault.InputError("file", "%s is longer than %d bytes", name, limit)
	}
	return b, nil
}

// Plain is an error without the path, which is said already.
func Plain(err error) error {
	if path, ok := err.(*os.PathError); ok { //nolint:errorlint // as os returns it
		return path.Err
	}
	return err
}

// Certificates reads all certificates of a file, PEM or DER.
func Certificates(name string) ([]*x509.Certificate, error) {
	b, err := ReadFile(name, maxFile)
	if err != nil {
		return nil, err
	}
	return ParseCertificates(name, b)
}

// ParseCertificates reads all certificates of a file's content.
func ParseCertificates(name string, b []byte) ([]*x509.Certificate, error) {
	var certs []*x509.Certificate
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" && block.Type != "TRUSTED CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fault.InputError("certificate", "%s: certificate %d does not parse: %v", name, len(certs)+1, err)
		}
		certs = append(certs, cert)
	}
	if len(certs) > 0 {
		return certs, nil
	}
	if cert, err := x509.ParseCertificate(b); err == nil {
		return []*x509.Certificate{cert}, nil
	}
	return nil, fault.InputError("certificate", "%s holds no certificate in PEM or DER", name)
}

// Credential reads a certificate chain and its key from two files, which may
// be the same.
//
// A certFile in PKCS #12 has its key in it. passFile has the password of either
// in its first line.
func Credential(certFile, keyFile, passFile string) (*tlsengine.Credential, error) {
	var password []byte
	if passFile != "" {
		b, err := ReadFile(passFile, 1<<10)
		if err != nil {
			return nil, err
		}
		password, _, _ = bytes.Cut(b, []byte("\n"))
		password = bytes.TrimSuffix(password, []byte("\r"))
	}
	switch {
	case certFile == "" && keyFile == "":
		return nil, fault.UsageError("conflict", "--key-pass-file without --key or --cert")
	case certFile == "":
		return nil, fault.UsageError("conflict", "--key without --cert")
	}
	if b, err := ReadFile(certFile, maxFile); err != nil {
		return nil, err
	} else if isPKCS12(b) {
		return pkcs12(certFile, keyFile, b, password, passFile != "")
	}
	switch {
	case keyFile == "":
		return nil, fault.UsageError("conflict", "--cert without --key").WithHint("if the key is in the same file: --key %s", certFile)
	}
	certs, err := Certificates(certFile)
	if err != nil {
		return nil, err
	}
	key, err := ReadFile(keyFile, maxFile)
	if err != nil {
		return nil, err
	}
	if encrypted(key) {
		if passFile == "" {
			return nil, fault.InputError("key", "%s: the key is encrypted", keyFile).WithHint("--key-pass-file has its password")
		}
		if key, err = decryptPEM(keyFile, key, password); err != nil {
			return nil, err
		}
	}
	var chain bytes.Buffer
	for _, cert := range certs {
		pem.Encode(&chain, &pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}) //nolint:errcheck // a Buffer takes all
	}
	cred, err := tlsengine.CredentialFromPEM(chain.Bytes(), key)
	if err != nil {
		return nil, fault.InputError("key", "%s: %v", keyFile, err)
	}
	return cred, nil
}

// encrypted reports whether the first key in PEM is encrypted.
func encrypted(b []byte) bool {
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "" {
			return true
		}
	}
	return false
}

// Exposed reports whether others may read a key file.
func Exposed(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o044 != 0
}

// directory lists the files of a directory with certificates.
func directory(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fault.InputError("file", "%s: %v", dir, Plain(err))
	}
	var files []string
	for _, e := range entries {
		if e.Type().IsRegular() || e.Type()&os.ModeSymlink != 0 {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	return files, nil
}
