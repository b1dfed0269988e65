#!/bin/sh
# First process of a host's namespaces, still with the machine's programs: moves into control groups and a root of the
# host's own. LAB_NAME, LAB_RUN (run folder), LAB_ROOT (the root's lower layer), LAB_DATA (where the disk goes) are set.
set -e
if [ "$1" != grouped ]; then
  while read -r type options folder; do
    group=$folder/${LAB_RUN##*/}
    # Version 2: a group has the controllers that the one above gives it; where that is not ours to say, it has them or not.
    if [ "$type $folder" = "cgroup2 /sys/fs/cgroup" ]; then
      sed 's/[^ ]*/+&/g' "$folder/cgroup.controllers" 2>/dev/null >"$folder/cgroup.subtree_control" || true
    fi
    mkdir -p "$group"
    # A cpuset without CPUs and memory takes nobody.
    for file in cpuset.cpus cpuset.mems; do
      [ "$type" = cgroup ] && [ -e "$group/$file" ] && cat "$folder/$file" >"$group/$file"
    done
    echo 0 >"$group/cgroup.procs"
  done <"$LAB_RUN/lab/hierarchies"
  exec unshare --cgroup /bin/sh "$0" grouped
fi

mkdir "$LAB_RUN/m"
mount -t tmpfs -o mode=755 lab "$LAB_RUN/m"
cd "$LAB_RUN/m"
mkdir upper work root
mount -t overlay -o "lowerdir=$LAB_ROOT,upperdir=$PWD/upper,workdir=$PWD/work" lab root
mkdir -p "root$LAB_DATA" root/lab root/lab-machine
mount -o loop "$LAB_RUN/disk" "root$LAB_DATA"
mount --bind "$LAB_RUN/lab" root/lab
cd root
mount --make-rprivate /
pivot_root . lab-machine
exec chroot . /bin/sh /lab/boot
