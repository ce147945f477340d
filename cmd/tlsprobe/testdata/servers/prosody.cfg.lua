run_as_root = true
pidfile = "{dir}/pid"
data_path = "{dir}"
interfaces = { "127.0.0.1" }
c2s_ports = { {port-xmpp} }
s2s_ports = { {port-xmpp-server} }
c2s_direct_tls_ports = {}
s2s_direct_tls_ports = {}
modules_enabled = { "tls", "saslauth" }
log = { { levels = { min = "info" }, to = "console" } }
ssl = { certificate = "{cert}", key = "{key}" }
VirtualHost "localhost"
