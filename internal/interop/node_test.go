package interop

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/testproc"
)

var nodeProgram = os.Getenv("TLSENGINE_NODE")

// node is Node.js, for its OpenSSL, which is newer than Debian's and has the
// hybrid groups and ML-DSA; make interop says where it is.
var node = &peer{
	name: "node", programs: []string{nodeProgram}, source: "make interop",
	serve: nodeServe, connect: nodeConnect,
	version: tlsengine.VersionTLS13, suites: tls13Suites,
	groups: []group.ID{
		group.X25519MLKEM768, group.SecP256r1MLKEM768, group.SecP384r1MLKEM1024,
		group.X25519, group.P256, group.P384, group.P521, group.X448,
	},
	kinds: append([]kind{mldsa44Key, mldsa65Key, mldsa87Key}, opensslKinds...),
	has:   hasAuth | hasALPN | hasExporter | hasKeyLog | hasResumption | hasEcho | hasClose | hasQuit | hasNoAlert,
}

var nodeGroups = map[group.ID]string{
	group.X25519MLKEM768: "X25519MLKEM768", group.SecP256r1MLKEM768: "SecP256r1MLKEM768",
	group.SecP384r1MLKEM1024: "SecP384r1MLKEM1024",
	group.X25519:             "X25519", group.X448: "X448", group.P256: "P-256", group.P384: "P-384", group.P521: "P-521",
}

// script is the argument of the scripts in testdata.
type script struct {
	Connect string `json:"connect,omitempty"` // address; a server has none
	Port    int    `json:"port"`
	Name    string `json:"name"`
	Cert    string `json:"cert,omitempty"`
	Key     string `json:"key,omitempty"`
	CA      string `json:"ca"`
	Min     string `json:"minVersion"`
	Max     string `json:"maxVersion"`
	Ciphers string `json:"ciphers,omitempty"`
	Groups  string `json:"groups,omitempty"`
	ALPN    string `json:"alpn,omitempty"`
	Auth    int    `json:"auth"`
	Label   string `json:"label,omitempty"`
	Size    int    `json:"size"`
	KeyLog  string `json:"keylog,omitempty"`
	Resume  bool   `json:"resume"`
}

func newScript(s *setup) *script {
	out := &script{
		Name: serverName, CA: s.ca, Min: "TLSv1.2", Max: "TLSv1.3", ALPN: s.alpn, Auth: int(s.auth),
		Groups: join(s.groups, nodeGroups), Label: s.label, Size: exportSize, KeyLog: s.keylog, Resume: s.resume,
	}
	switch {
	case s.both:
	case s.tls13():
		out.Min = "TLSv1.3"
	default:
		out.Max = "TLSv1.2"
	}
	if s.identity != nil {
		out.Cert, out.Key = s.identity.cert, s.identity.key
	}
	if s.suite != 0 {
		out.Ciphers = nodeSuite(s.suite)
	}
	return out
}

func nodeSuite(id cipher.ID) string {
	if name := opensslSuites[id]; name != "" {
		return name
	}
	return id.String()
}

func (x *script) start(t *testing.T, env []string, program, file string, args ...string) *process {
	file, err := filepath.Abs(filepath.Join("testdata", file))
	require.NoError(t, err)
	arg, err := json.Marshal(x)
	require.NoError(t, err)
	return start(t, env, program, append(args, file, string(arg))...)
}

func nodeServe(t *testing.T, s setup) *running {
	x := newScript(&s)
	x.Port = testproc.FreePort(t)
	p := x.start(t, nil, nodeProgram, "node.js")
	return &running{process: p, addr: fmt.Sprintf("127.0.0.1:%d", x.Port), exported: saidKeyingMaterial(p)}
}

func nodeConnect(t *testing.T, s setup, addr string) *running {
	x := newScript(&s)
	x.Connect = addr
	p := x.start(t, nil, nodeProgram, "node.js")
	return &running{process: p, exported: saidKeyingMaterial(p), quit: func() { p.in.Close() }}
}

// newer are the peers that make interop brings.
func newer() (list []*peer) {
	for _, p := range []*peer{node, deno} {
		if strings.TrimSpace(p.programs[0]) != "" {
			list = append(list, p)
		}
	}
	return list
}
