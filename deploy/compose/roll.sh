#!/bin/sh
# Replaces the processes of a running installation by those of another image, one after the other; whatever has a second
# process, or is stood in for by the web app's, answers all the while. When one does not become healthy, all go back.
#
#   ENV_FILE=/etc/bunri/.env ./roll.sh full.yaml bunri:0.2.0
#
# SERVICES="auth-1 auth-2" replaces these alone; FAILS_AFTER is how many seconds one may take to be healthy (180).
# The gateway and the stores stay: docker compose up -d nginx replaces the gateway, in which a second is lost.
set -eu
[ $# -ge 2 ] || { echo "usage: $0 COMPOSE_FILE… IMAGE" >&2; exit 2; }

files=""
while [ $# -gt 1 ]; do files="$files -f $1"; shift; done
image=$1
ENV_FILE=${ENV_FILE:-.env}
SECRETS=${SECRETS:-$(dirname "$ENV_FILE")/secrets}
export ENV_FILE SECRETS

compose() {
    if docker compose version >/dev/null 2>&1; then set -- docker compose "$@"; else set -- docker-compose "$@"; fi
    "$@"
}
with_image() {
    chosen=$1
    shift
    # shellcheck disable=SC2086  # several -f
    BUNRI_IMAGE=$chosen compose $files --env-file "$ENV_FILE" "$@"
}
replace() { with_image "$1" up -d --no-deps --no-build --wait --wait-timeout "${FAILS_AFTER:-180}" "$2"; }

docker image inspect "$image" >/dev/null 2>&1 || docker pull --quiet "$image"
docker run --rm --network none --workdir /work --user "$(id -u)" --cap-drop ALL \
    -v "$(realpath "$ENV_FILE"):/work/.env:ro" -v "$(realpath "$SECRETS"):/work/secrets:ro" \
    "$image" deploy check --env /work/.env --lang en

before=$(sed -n 's/^BUNRI_IMAGE=//p' "$ENV_FILE" | tail -n 1)
before=${before:-bunri:latest}
services=${SERVICES:-$(with_image "$image" config --services | sort |
    grep -vxE 'nginx|postgres|valkey|s3|migrate|weights')}

with_image "$image" run --rm --no-deps -T migrate  # versions side by side: migrations only add until the next one

done=""
for service in $services; do
    done="$service $done"
    if ! replace "$image" "$service"; then
        echo "$service of $image did not become healthy: going back to $before" >&2
        for each in $done; do replace "$before" "$each"; done
        exit 1
    fi
    echo "$service: $image"
done

if grep -q '^BUNRI_IMAGE=' "$ENV_FILE"; then
    sed -i "s|^BUNRI_IMAGE=.*|BUNRI_IMAGE=$image|" "$ENV_FILE"
else
    echo "BUNRI_IMAGE=$image" >>"$ENV_FILE"
fi
