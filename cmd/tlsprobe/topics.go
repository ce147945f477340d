package main

// topicNames are the topics in the order of the help.
var topicNames = []string{"targets", "starttls", "proxy", "exit-codes", "json", "environment"}

// topics are texts for `tlsprobe help TOPIC`.
var topics = map[string]string{
	"targets": `
A target is where to connect to:

  host  host:port  [2001:db8::1]  [2001:db8::1]:port  scheme://host[:port]  unix:/path

Without port or scheme it is port 443 and TLS at once. A scheme sets the port:
https 443, smtps 465, imaps 993, pop3s 995, ftps 990, ldaps 636, nntps 563,
ircs 6697, dot 853. Those that begin in the clear (` + "`tlsprobe help starttls`" + `):
smtp 25, submission 587, lmtp 24, imap 143, pop3 110, ftp 21, nntp 119, sieve
4190, irc 6667, xmpp 5222, xmpp-server 5269, ldap 389, postgres 5432, mysql
3306, rdp 3389, mssql 1433.

connect and cert take several targets, one after the other: as arguments, from
stdin (connect -), or from a file (--targets FILE), one a line, # starts a
comment. The exit code is then the worst: 130, 70 or 2 before 4, 3, 1 and 5.

An international name is converted to its ASCII form. An IP address sends no
server name (RFC 6066) unless --sni gives one.
`,
	"starttls": `
--starttls PROTO says before TLS what the protocol wants said; a scheme does the
same (imap://mail.example.com). Without a port it is the protocol's.

  smtp submission lmtp   EHLO (LHLO) with --starttls-name, STARTTLS
  imap pop3 ftp nntp sieve irc
  xmpp xmpp-server       for the domain of --starttls-name, or the host
  ldap postgres mysql rdp telnet
  mssql                  the handshake travels inside TDS packets
  postgres-direct        TLS at once, with the ALPN name postgresql

At most 8 KiB and 10 seconds are given to it. Bytes that come behind the
go-ahead and before TLS are refused: somebody in the middle may have put them
there. A server that does not want STARTTLS is exit code 3.
`,
	"proxy": `
--proxy URL goes through a proxy, given again through several, in that order:

  socks5://   names are resolved here       socks5h://  by the proxy
  socks4a://  by the proxy                  http://     CONNECT
  https://    CONNECT, TLS to the proxy, whose certificate must be good

The port is 1080, for https 443. User and password are in the URL or, where
others can see command lines, in the file of --proxy-auth-file (USER:PASSWORD);
no output shows the password. Without --proxy, HTTPS_PROXY and ALL_PROXY are
followed, but not for what NO_PROXY lists nor for this machine, and a line on
stderr says so; --proxy none goes without.
`,
	"exit-codes": `
  0    done; everything asked for holds
  1    done; an asked-for check fails: the certificate is not valid, a vector
       differs, diff found differences
  2    wrong usage or unusable input: flag, target, file, key
  3    not reached: name, TCP, proxy, STARTTLS, timeout before TLS
  4    reached, but TLS failed: alert, protocol violation, timeout in the
       handshake, not TLS at all
  5    finished but incomplete: something stayed unknown
  70   a bug in tlsprobe
  130  interrupted: what is known is printed, marked as incomplete; a second
       interrupt ends at once

An error is one line on stderr, "tlsprobe: TARGET: what failed: why", and at
most one more that begins with "hint:".
`,
	"json": `
With --json there is one JSON document on stdout and nothing else, also when
something failed: then its schema is tlsprobe.error/1. The first key is
"schema"; what is added later never changes the number behind the slash, so
readers pass over keys they do not know. Code points are objects with id, hex
and name (null when nobody named it); durations are microseconds and their keys
end in _us; times are RFC 3339 in UTC. ` + "`tlsprobe schema NAME`" + ` prints the JSON
Schema of a document.
`,
	"environment": `
TLSPROBE_<FLAG> stands for any long flag, in capitals and with _ for -. A file
$XDG_CONFIG_HOME/tlsprobe/config holds lines "flag = value". The command line
goes before the environment, the environment before the file.
` + "`tlsprobe version -v`" + ` prints what is in force and from where.

  SSLKEYLOGFILE           connect and show append their secrets there, and say so
  HTTPS_PROXY, ALL_PROXY  proxies, and NO_PROXY what goes without, as curl has them
  NO_COLOR                not empty: no colors
  CLICOLOR_FORCE=1        colors, also where stdout is no terminal
  LC_ALL, LC_CTYPE, LANG  without UTF-8: text in ASCII
`,
}
