package vectors

import (
	"embed"
	"io/fs"
)

//go:embed rfc*/*.txt hybrid/*.txt sp800-135/*.txt handshakes/*.txt
var embedded embed.FS

// Files returns the embedded files, one folder for each source.
func Files() fs.FS { return embedded }
