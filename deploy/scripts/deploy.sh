#!/bin/sh
# Puts an image on a host that runs bunri by Compose: validate, fetch, migrate, start, look at its health from outside, and
# go back when that fails.
#
#   HOST=deploy@bunri.example ./deploy.sh registry.example/bunri:0.2.0 small.yaml prod.yaml
#
# On the host, FOLDER (/srv/bunri) has .env, secrets/, and the Compose files, which are replaced by those beside this script.
# HEALTH is asked from here. SSH is the command that reaches the host, AS what runs a script there: AS="sudo sh -c".
set -eu
[ $# -ge 2 ] || { echo "usage: HOST=… $0 IMAGE COMPOSE_FILE…" >&2; exit 2; }
: "${HOST:?who@where}" "${HEALTH:?an address that answers 200 when all is well: https://bunri.example/ready}"
image=$1
shift
FOLDER=${FOLDER:-/srv/bunri}
SSH=${SSH:-ssh -o BatchMode=yes -o StrictHostKeyChecking=yes}
AS=${AS:-sh -c}
compose=$(dirname "$0")/../compose

case "$image $*" in *[!A-Za-z0-9./:@_\ -]*) echo "an image and names of files: $image $*" >&2; exit 2 ;; esac

step() { echo "== $*"; }
# As Base64, so that quotes reach the host as they are; standard input stays free.
on_host() {
    script=$(printf 'cd %s && %s' "$FOLDER" "$*" | base64 | tr -d '\n')
    # shellcheck disable=SC2086  # several words
    $SSH "$HOST" "$AS \"\$(echo $script | base64 -d)\""
}
healthy() {
    tries=${TRIES:-30}
    while ! curl --fail --silent --show-error --max-time 10 --output /dev/null "$HEALTH"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep "${EVERY:-2}"
    done
}
# Checks .env with the image, migrates, replaces one process after the other; goes back by itself when one is not healthy.
roll() { on_host "ENV_FILE=.env ./roll.sh $files $1"; }

files=$*
before=$(on_host "sed -n 's/^BUNRI_IMAGE=//p' .env | tail -n 1")
before=${before:-bunri:latest}
step "validate: .env and the secrets, by $image"
on_host "docker pull --quiet $image"
on_host "docker run --rm --network none --cap-drop ALL --user \"\$(id -u)\" -v \"\$PWD:/work:ro\" -w /work $image deploy check --env /work/.env --lang en"

step "the Compose files of this version"
# shellcheck disable=SC2086  # several files
tar -C "$compose" -cf - roll.sh $files | on_host "rm -rf before && mkdir before && for f in roll.sh $files; do if [ -e \$f ]; then cp \$f before/; fi; done && tar -xf -"

step "migrate and start: $before becomes $image"
if roll "$image"; then
    step "health: $HEALTH"
    if healthy; then
        echo "$image runs"
        exit 0
    fi
    step "go back to $before"
    on_host "cp before/* ."
    roll "$before"
else
    on_host "cp before/* ."
fi
echo "$image did not become healthy; $before runs" >&2
exit 1
