#!/bin/sh
# Makes an image of a bare Debian host with systemd and SSH: ./image.sh NAME (root, Debian's mmdebstrap and podman). etcd is
# there for what stands in for the kubelet.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mmdebstrap --quiet --variant=minbase \
    --include=systemd,systemd-sysv,dbus,openssh-server,sudo,python3,ca-certificates,iproute2,procps,openssl,etcd-server,etcd-client \
    --customize-hook='chroot "$1" systemctl mask etcd.service' \
    --customize-hook='chroot "$1" useradd --create-home --shell /bin/bash debian' \
    --customize-hook='echo "debian ALL=(ALL) NOPASSWD: ALL" >"$1/etc/sudoers.d/debian"' \
    --customize-hook='rm -f "$1/etc/ssh/"ssh_host_*' \
    trixie "$work/root.tar"
podman import --quiet "$work/root.tar" "$1"
