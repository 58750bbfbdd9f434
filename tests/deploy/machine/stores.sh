#!/bin/sh
# Makes bunri-test/{postgres,valkey,s3} from packages: ./stores.sh IMAGE, the image of bunri.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
for target in postgres valkey s3; do
    docker build --quiet --build-arg "IMAGE=$1" --target "$target" --tag "bunri-test/$target" \
        --file "$here/stores.Containerfile" "$here"
done
