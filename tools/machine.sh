#!/bin/sh
# Makes a fresh Debian 12 in a folder, with Node and a clone of this repository, and runs commands in it, as root or as
# somebody without rights: to try what README says on machines with other drivers and browsers than this one has. Needs
# root, git and debootstrap.
#
#   tools/machine.sh make FOLDER [PACKAGE…]     say, chromium, or mesa-vulkan-drivers/bookworm-backports
#   tools/machine.sh run FOLDER USER COMMAND     root, or guest: a shell's command line, in the clone
#
# $NODE_PREFIX names a folder with bin/node and lib/node_modules/npm to put there; default: those that run here.
set -eu

make() {
  folder=$1
  shift
  debootstrap --variant=minbase --include=ca-certificates,git bookworm "$folder"
  # What a Debian 12 that is kept up to date has, from the mirror that debootstrap took; backports only where asked for.
  list=$folder/etc/apt/sources.list
  mirror=$(awk '/^deb/ { print $2; exit }' "$list")
  for suite in bookworm bookworm-updates bookworm-backports; do echo "deb $mirror $suite main"; done > "$list"
  echo "deb ${mirror%/}-security bookworm-security main" >> "$list"
  chroot "$folder" apt-get -qq update
  [ $# = 0 ] || chroot "$folder" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y "$@"
  prefix=${NODE_PREFIX:-$(dirname "$(dirname "$(command -v node)")")}
  install -D -m 755 "$prefix/bin/node" "$folder/usr/local/bin/node"
  mkdir -p "$folder/usr/local/lib/node_modules"
  cp -r "$prefix/lib/node_modules/npm" "$folder/usr/local/lib/node_modules/"
  for name in npm npx; do
    ln -sf "../lib/node_modules/npm/bin/$name-cli.js" "$folder/usr/local/bin/$name"
  done
  chroot "$folder" useradd --create-home --shell /bin/bash guest
  for home in root home/guest; do git clone -q "$(dirname "$0")/.." "$folder/$home/graft"; done
  chroot "$folder" chown -R guest /home/guest/graft
}

# A root of its own, not a chroot: within one, Chromium couldn't make the namespaces of its sandbox.
run() {
  exec unshare --mount --pid --ipc --fork --kill-child sh -c '
    set -eu
    mount --make-rprivate /
    mount --bind "$1" "$1"
    cd "$1"
    mount -t proc proc proc
    mount -t sysfs -o ro sysfs sys
    mount --rbind /dev dev
    mount -t tmpfs -o mode=1777 tmpfs dev/shm
    mount --bind /etc/resolv.conf etc/resolv.conf
    pivot_root . mnt
    umount -l /mnt
    status=0
    runuser -l "$2" -c "cd graft && $3" || status=$? # this shell stays, as the init that collects what others leave
    exit $status
  ' sh "$(realpath "$1")" "$2" "$3"
}

case "${1:-}" in
  make | run) "$@" ;;
  *) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
