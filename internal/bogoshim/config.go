package main

import (
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
	"time"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/signature"
)

// defaultVerify is what BoringSSL accepts unless told otherwise, but SHA-1.
var defaultVerify = []signature.Scheme{
	signature.ECDSASecp256r1SHA256, signature.RSAPSSRsaeSHA256, signature.RSAPKCS1SHA256,
	signature.ECDSASecp384r1SHA384, signature.RSAPSSRsaeSHA384, signature.RSAPKCS1SHA384,
	signature.RSAPSSRsaeSHA512, signature.RSAPKCS1SHA512,
}

var defaultGroups = []group.ID{group.X25519MLKEM768, group.X25519, group.P256, group.P384}

// config is the engine's Config for the options. Everything that can be a
// question is one.
func (o *options) config(env *environment) (*tls.Config, error) {
	cfg := &tls.Config{
		Time:        func() time.Time { return env.now },
		ServerName:  o.hostName,
		ClientOrder: !o.serverPreference && o.cipherList == "",
		Fallback:    o.fallback,
		Ask:         tls.AskConfig | tls.AskCredential | tls.AskVerdict | tls.AskTicket,
		MaxFragment: o.maxFragment, MaxMessage: 16384, MaxCertificate: 100 << 10,
		RequestStatus: o.staple && !o.server,
	}
	if o.maxCertList > 0 {
		cfg.MaxCertificate = o.maxCertList
	}
	if o.reverify {
		cfg.Ask |= tls.AskVerdictResumed
	}
	o.versions(cfg)
	o.lists(cfg)
	if err := o.suites(cfg); err != nil {
		return nil, err
	}
	o.sessions(cfg, env)
	o.protocols(cfg)
	return cfg, o.clientAuth(cfg)
}

func (o *options) versions(cfg *tls.Config) {
	cfg.MinVersion, cfg.MaxVersion = tls.Version(o.minVersion), tls.Version(o.maxVersion)
	if o.noTLS12 {
		cfg.MinVersion = tls.VersionTLS13
	}
	if o.noTLS13 {
		cfg.MaxVersion = tls.VersionTLS12
	}
}

func (o *options) lists(cfg *tls.Config) {
	groups, schemes := o.curves, o.verifyPrefs
	if groups == nil {
		groups = defaultGroups
	}
	if schemes == nil {
		schemes = defaultVerify
	}
	for _, id := range groups {
		cfg.Groups = append(cfg.Groups, group.Lookup(id))
	}
	for _, s := range schemes {
		cfg.Signatures = append(cfg.Signatures, signature.Lookup(s))
	}
}

// suites reads an OpenSSL cipher list, as far as the engine has the suites.
func (o *options) suites(cfg *tls.Config) error {
	if o.cipherList == "" {
		return nil
	}
	cfg.Suites = cipher.Suites()[:3]
	for name := range strings.SplitSeq(o.cipherList, ":") {
		id, ok := suiteNames[name]
		if !ok {
			return unsupported("cipher list " + o.cipherList)
		}
		cfg.Suites = append(cfg.Suites, cipher.Lookup(id))
	}
	return nil
}

var suiteNames = map[string]cipher.ID{
	"ECDHE-ECDSA-AES128-GCM-SHA256": cipher.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	"ECDHE-ECDSA-AES256-GCM-SHA384": cipher.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	"ECDHE-RSA-AES128-GCM-SHA256":   cipher.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	"ECDHE-RSA-AES256-GCM-SHA384":   cipher.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	"ECDHE-ECDSA-CHACHA20-POLY1305": cipher.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	"ECDHE-RSA-CHACHA20-POLY1305":   cipher.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
}

func (o *options) sessions(cfg *tls.Config, env *environment) {
	cfg.Session, cfg.TicketKeys, cfg.SessionCache = env.session, env.tickets, env.cache
	cfg.ResumeWithoutEMS, cfg.RequireRenegotiationInfo = true, o.noLegacyConnect
	if o.noTicket {
		cfg.TicketKeys, cfg.Tickets, cfg.Ask = nil, -1, cfg.Ask&^tls.AskTicket
	}
	if o.earlyData {
		cfg.MaxEarlyData, cfg.AntiReplay = 14336, fresh{}
		if !o.server {
			cfg.MaxEarlyData = 1 << 24 // the ticket says how much
		}
	}
}

func (o *options) protocols(cfg *tls.Config) {
	if o.server {
		if o.selectALPN != nil && *o.selectALPN != "" && !o.declineALPN {
			cfg.ALPN = []string{*o.selectALPN}
		}
		if o.rejectALPN {
			cfg.ALPN = []string{"\x00no such protocol"}
		}
		return
	}
	for list := o.alpn; list != ""; {
		n := int(list[0])
		cfg.ALPN, list = append(cfg.ALPN, list[1:1+n]), list[1+n:]
	}
}

func (o *options) clientAuth(cfg *tls.Config) error {
	switch {
	case !o.server:
	case o.requireCert:
		cfg.ClientAuth = tls.RequireClientCert
	case o.verifyPeer:
		cfg.ClientAuth = tls.RequestClientCert
	}
	names, err := parseNames(o.clientCAs)
	cfg.ClientCAs = names
	return err
}

// parseNames reads a comma list of names in hex.
func parseNames(list *string) (out [][]byte, err error) {
	if list == nil || *list == "<NULL>" || *list == "<EMPTY>" {
		return nil, nil
	}
	for name := range strings.SplitSeq(*list, ",") {
		der, err := hex.DecodeString(name)
		if err != nil {
			return nil, err
		}
		out = append(out, der)
	}
	return out, nil
}

// load reads a credential. The leaf may be garbage, so nothing is parsed that
// need not be.
func (c *credential) load() (*tls.Credential, error) {
	if c.certFile == "" {
		return nil, nil
	}
	data, err := os.ReadFile(c.certFile)
	if err != nil {
		return nil, err
	}
	out := &tls.Credential{Schemes: c.schemes, Staple: c.ocsp}
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		out.Chain = append(out.Chain, block.Bytes)
	}
	if c.keyFile == "" {
		return nil, fmt.Errorf("credential without a key")
	}
	if data, err = os.ReadFile(c.keyFile); err != nil {
		return nil, err
	}
	signer, err := tls.SignerFromPEM(data)
	if err != nil {
		return nil, unsupported("private key: " + err.Error())
	}
	out.Signer = signer
	return out, nil
}
