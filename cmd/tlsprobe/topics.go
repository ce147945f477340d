package main

// topicNames are the topics in the order of the help.
var topicNames = []string{"targets", "exit-codes", "json", "environment"}

// topics are texts for `tlsprobe help TOPIC`.
var topics = map[string]string{
	"targets": `
A target is where to connect to:

  host  host:port  [2001:db8::1]  [2001:db8::1]:port  scheme://host[:port]  unix:/path

Without port or scheme it is port 443 and TLS at once. A scheme sets the port:
https 443, smtps 465, imaps 993, pop3s 995, ftps 990, ldaps 636, nntps 563,
ircs 6697, dot 853. An international name is converted to its ASCII form. An IP
address sends no server name (RFC 6066) unless --sni gives one.
`,
	"exit-codes": `
  0    done; everything asked for holds
  1    done; an asked-for check fails: the certificate is not valid, a vector
       differs, diff found differences
  2    wrong usage or unusable input: flag, target, file, key
  3    not reached: name, TCP, timeout before TLS
  4    reached, but TLS failed: alert, protocol violation, timeout in the
       handshake, not TLS at all
  5    finished but incomplete: something stayed unknown
  70   a bug in tlsprobe
  130  interrupted

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
  NO_COLOR                not empty: no colors
  CLICOLOR_FORCE=1        colors, also where stdout is no terminal
  LC_ALL, LC_CTYPE, LANG  without UTF-8: text in ASCII
`,
}
