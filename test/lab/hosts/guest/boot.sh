#!/bin/sh
# First process of a host in namespaces, inside its own root, which still sees the machine's below /lab-machine.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
cd /
printf '127.0.0.1 localhost %s\n' "$LAB_NAME" >/etc/hosts
rm -f /etc/resolv.conf
echo nameserver 10.0.2.3 >/etc/resolv.conf
mount -t proc proc /proc
echo "$LAB_NAME" >/proc/sys/kernel/hostname
mount -t sysfs sys /sys
for folder in /run /tmp /dev; do mount -t tmpfs -o mode=755 tmp "$folder"; done
chmod 1777 /tmp
mkdir -p /run/sshd /run/lock /dev/pts /dev/shm /dev/net /dev/mqueue
while read -r name major minor; do mknod -m 666 "/dev/$name" c "$major" "$minor"; done <<END
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
fuse 10 229
net/tun 10 200
END
ln -s /proc/self/fd /dev/fd
for number in 0:stdin 1:stdout 2:stderr; do ln -s "fd/${number%:*}" "/dev/${number#*:}"; done
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts /dev/pts
ln -s pts/ptmx /dev/ptmx
mount -t tmpfs -o mode=1777 tmp /dev/shm
mount -t mqueue mqueue /dev/mqueue
[ -d /proc/sys/fs/binfmt_misc ] && mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc

grep -q ' /sys/fs/cgroup$' /lab/hierarchies || mount -t tmpfs -o mode=755 tmp /sys/fs/cgroup
while read -r type options folder; do
  [ "$options" = - ] && options=rw
  mkdir -p "$folder"
  mount -t "$type" -o "$options" "$type" "$folder"
  # Version 2 gives controllers to the groups below only where no process is in the group itself.
  if [ "$type $folder" = "cgroup2 /sys/fs/cgroup" ]; then
    mkdir "$folder/boot"
    while read -r pid; do echo "$pid" >"$folder/boot/cgroup.procs"; done <"$folder/cgroup.procs"
    sed 's/[^ ]*/+&/g' "$folder/cgroup.controllers" >"$folder/cgroup.subtree_control"
  fi
done </lab/hierarchies
umount -l /lab-machine

ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward
while [ ! -e /sys/class/net/tap0 ]; do sleep 0.02; done
/lab/start
# Orphans come to the first process of a PID namespace, to be waited for.
while :; do
  wait
  sleep 1
done
