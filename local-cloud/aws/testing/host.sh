#!/bin/sh
# Serves a page on two ports, by the Perl that each Debian system has. User data of the host in
# notes.ts.
serve() {
  perl -MIO::Socket::INET -e '
    my $server = IO::Socket::INET->new(Listen => 64, LocalPort => $ARGV[0], ReuseAddr => 1) or die "no port $ARGV[0]: $!";
    while (my $client = $server->accept) {
      while (my $line = <$client>) { last if $line =~ /^\r?\n$/ }
      print $client "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nnotes";
      close $client;
    }' "$1" </dev/null >/dev/null 2>&1 &
}
serve 8080
serve 8081
