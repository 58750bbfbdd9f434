#!/bin/sh
# Makes bunri-test/base and bunri-test/web where no registry of images answers: ./bases.sh (root, Debian's mmdebstrap).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! docker image inspect bunri-test/trixie >/dev/null 2>&1; then
    mmdebstrap --quiet --variant=minbase --include=ca-certificates trixie "$work/trixie.tar"
    docker import "$work/trixie.tar" bunri-test/trixie >/dev/null
fi
cp "$here/Containerfile" "$work/"
cp /etc/ssl/certs/ca-certificates.crt "$work/certificates.crt"
for target in base web; do
    docker build --quiet --target "$target" --tag "bunri-test/$target" --file "$work/Containerfile" "$work"
done
