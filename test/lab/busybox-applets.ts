/**
 * Where Debian's busybox-static (1.35) wants its applets: folder → names, from its own `busybox --list-full` without
 * what only an installed system needs.
 */
export const BUSYBOX_APPLETS: Readonly<Record<string, string>> = {
  bin: `
    arch ash base64 cat chgrp chmod chown cp cpio date dd df dmesg dnsdomainname echo egrep false
    fgrep getopt grep gunzip gzip hostname ionice ipcalc kill link linux32 linux64 ln ls mkdir mknod
    mktemp more mount mv netstat pidof ping ping6 ps pwd readlink rev rm rmdir run-parts sed setpriv
    sh sleep stat stty su sync tar touch true umount uname uncompress usleep vi watch zcat
  `,
  sbin: `
    arp ifconfig ifdown ifup ip route start-stop-daemon sysctl
  `,
  'usr/bin': `
    [ [[ ar ascii awk basename bc bunzip2 bzcat bzip2 cal clear cmp crc32 cut dc diff dirname
    dos2unix du env expand expr factor fallocate find fold free groups head hexdump hostid id
    killall less logger logname lzcat lzma md5sum mkfifo mkpasswd nc nl nproc nsenter nslookup od
    passwd paste patch printf realpath renice reset seq setsid sha1sum sha256sum sha3sum sha512sum
    shred shuf sort strings tac tail taskset tee telnet test time timeout top tr traceroute
    traceroute6 truncate ts tty unexpand uniq unix2dos unlink unlzma unshare unxz unzip uptime
    uudecode uuencode w wc wget which who whoami xargs xxd xz xzcat yes
  `,
  'usr/sbin': `
    arping chroot httpd nologin
  `,
}
