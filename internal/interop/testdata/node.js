// A TLS server or client that echoes, told what to do by its one argument.
const tls = require('tls'), fs = require('fs')
const o = JSON.parse(process.argv[2])
const read = file => file ? fs.readFileSync(file) : undefined
const common = {
  cert: read(o.cert), key: read(o.key), ca: read(o.ca),
  minVersion: o.minVersion, maxVersion: o.maxVersion,
  ciphers: o.ciphers || undefined, ecdhCurve: o.groups || 'auto',
  ALPNProtocols: o.alpn ? [o.alpn] : undefined,
}
const log = line => { if (o.keylog) fs.appendFileSync(o.keylog, line) }

function echo(c) {
  if (o.label) console.log('keying material: ' + c.exportKeyingMaterial(o.size, o.label).toString('hex'))
  c.on('error', e => console.error(String(e)))
  c.pipe(c)
}

function connect(session) {
  let last
  const [host, port] = o.connect.split(':')
  const c = tls.connect({ ...common, host, port, servername: o.name, session }, () => echo(c))
  c.on('error', e => console.error(String(e)))
  c.on('keylog', log)
  c.on('session', s => { last = s })
  c.on('close', () => { if (o.resume && !session) connect(last); else process.exit() })
  process.stdin.on('end', () => c.end())
}

if (o.connect) {
  process.stdin.resume()
  connect()
} else {
  const s = tls.createServer({ ...common, requestCert: o.auth > 0, rejectUnauthorized: o.auth > 1 }, echo)
  s.on('keylog', log)
  s.on('tlsClientError', e => console.error(String(e)))
  s.listen(o.port, '127.0.0.1')
}
