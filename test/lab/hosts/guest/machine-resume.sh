#!/bin/sh
# machine-resume NAME SECONDS: a machine that goes on from its snapshot learns its name and what time it is.
echo "$1" >/proc/sys/kernel/hostname
printf '127.0.0.1 localhost %s\n' "$1" >/etc/hosts
date --set "@$2" >/dev/null
