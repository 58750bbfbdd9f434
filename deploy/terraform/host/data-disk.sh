#!/bin/sh
# Puts Docker's files, the volumes among them, on the second disk, which is attached some time after the first start.
set -eu
disk=/dev/oracleoci/oraclevdb
until [ -b "$disk" ]; do sleep 5; done
blkid "$disk" >/dev/null || mkfs.ext4 -q -L bunri "$disk"
options=defaults,_netdev,nofail,x-systemd.before=docker.service,x-systemd.required-by=docker.service
grep -q '^LABEL=bunri ' /etc/fstab || echo "LABEL=bunri /var/lib/docker ext4 $options 0 2" >>/etc/fstab
systemctl daemon-reload
systemctl stop docker.socket docker.service
mount /var/lib/docker
systemctl start docker.service
