// A TLS server or client that echoes, told what to do by its one argument.
const o = JSON.parse(Deno.args[0])
const read = (file?: string) => file ? Deno.readTextFileSync(file) : undefined
const alpnProtocols = o.alpn ? [o.alpn] : undefined

async function echo(c: Deno.TlsConn) {
  try {
    await c.readable.pipeTo(c.writable)
  } catch (e) {
    console.error(String(e))
  }
}

if (o.connect) {
  const [hostname, port] = o.connect.split(':')
  const caCerts = [read(o.ca)!]
  let c: Deno.TlsConn
  if (o.cert) {
    // This one takes certificates, but no other name than what it connects to.
    c = await Deno.connectTls({ hostname, port: +port, caCerts, alpnProtocols, cert: read(o.cert)!, key: read(o.key)! })
  } else {
    c = await Deno.startTls(await Deno.connect({ hostname, port: +port }), { hostname: o.name, caCerts, alpnProtocols })
  }
  await echo(c)
} else {
  const l = Deno.listenTls({ hostname: '127.0.0.1', port: o.port, cert: read(o.cert)!, key: read(o.key)!, alpnProtocols })
  for (;;) {
    try {
      echo(await l.accept())
    } catch (e) {
      console.error(String(e))
    }
  }
}
