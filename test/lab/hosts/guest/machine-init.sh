#!/bin/sh
# First program of the initrd of an emulated machine: loads what the disk needs, and goes on with the disk.
b=/bin/busybox
$b mount -t devtmpfs dev /dev
for module in $($b cat /modules/order); do $b insmod "/modules/$module"; done
tries=0
while [ ! -b /dev/vda ] && [ $tries -lt 100 ]; do
  $b sleep 0.1
  tries=$((tries + 1))
done
$b mount -t ext4 /dev/vda /disk
$b mount -o move /dev /disk/dev
exec $b switch_root /disk /usr/bin/busybox init
