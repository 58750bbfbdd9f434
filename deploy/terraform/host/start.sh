#!/bin/sh
# Starts the stack of STACK (files of Compose) with IMAGE, for PUBLIC_URL, behind TRUSTED_PROXIES. The first time it writes
# .env and secrets/; later the image is the one that roll.sh has put into .env.
set -eu
cd "$(dirname "$0")"
umask 077

in_image() { docker run --rm --network none --cap-drop ALL --user "$(id -u)" -v "$PWD:/work" -w /work "$@"; }

if [ ! -f .env ]; then
    docker pull --quiet "$IMAGE"
    case " $STACK " in
    *" detect.yaml "*) printf 'BUNRI_PUBLIC_URL=%s\nHTTP_PORT=80\n' "$PUBLIC_URL" >.env.new ;;
    *)
        in_image "$IMAGE" deploy init /work --public-url "$PUBLIC_URL"
        mv .env .env.new
        ;;
    esac
    sed -i '/^BUNRI_IMAGE=/d' .env.new
    printf 'BUNRI_IMAGE=%s\nGATEWAY_TRUSTED_PROXIES=%s\n' "$IMAGE" "$TRUSTED_PROXIES" >>.env.new
    mv .env.new .env
fi

files=""
for file in $STACK; do files="$files -f $file"; done
case " $STACK " in
*" detect.yaml "*) ;;
*) in_image "$(sed -n 's/^BUNRI_IMAGE=//p' .env)" deploy check --env /work/.env --lang en ;;
esac
# shellcheck disable=SC2086  # several -f
exec docker compose $files --env-file .env up -d --wait
