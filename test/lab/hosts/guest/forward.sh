#!/bin/sh
# forward PORT: 127.0.0.1:PORT of this host becomes the same port of the loopback of the machine that it lives on, which
# slirp and QEMU show as 10.0.2.2.
set -e
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet
iptables -w -t nat -A OUTPUT -d 127.0.0.1 -p tcp --dport "$1" -j DNAT --to-destination 10.0.2.2
iptables -w -t nat -C POSTROUTING -s 127.0.0.0/8 -d 10.0.2.2 -j MASQUERADE 2>/dev/null ||
  iptables -w -t nat -A POSTROUTING -s 127.0.0.0/8 -d 10.0.2.2 -j MASQUERADE
