#!/bin/sh
# Boot of an emulated machine, called by busybox init: what systemd does elsewhere, as far as an engine and sshd need it.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
for folder in /run /tmp /dev/shm; do
  mkdir -p "$folder"
  mount -t tmpfs -o mode=1777 tmp "$folder"
done
mkdir -p /run/sshd /run/lock /dev/pts
mount -t devpts -o ptmxmode=666,mode=620,gid=5 devpts /dev/pts
echo lab-machine >/proc/sys/kernel/hostname
printf '127.0.0.1 localhost\n' >/etc/hosts
echo nameserver 10.0.2.3 >/etc/resolv.conf
# What iptables needs is loaded when it is asked for; these have no such moment, or would be slow in it.
modprobe -aq virtio_pci virtio_net virtio_rng overlay bridge br_netfilter veth
ip link set lo up
ip link set eth0 up
ip address add 10.0.2.15/24 dev eth0
ip route add default via 10.0.2.2
echo 1 >/proc/sys/net/ipv4/ip_forward
exec /lab/start
