#!/bin/sh
# Puts a certificate where Nginx reads it (prod.yaml), has Nginx read it, and looks whether it is served; otherwise the one of
# before comes back. certbot runs it as its deploy hook, and remembers it for renewals:
#
#   certbot certonly --webroot -w /srv/acme -d bunri.example --deploy-hook "env CERTIFICATES=/etc/bunri/tls /srv/bunri/install-cert.sh"
#
# CERTIFICATES is the folder of prod.yaml, GROUP may read it. RELOAD is the command for an Nginx that is not in Compose:
# RELOAD="systemctl reload nginx". CHECK is where it answers.
set -eu
: "${CERTIFICATES:?the folder that Nginx reads}" "${RENEWED_LINEAGE:?the folder that certbot names}"
GROUP=${GROUP:-10001}
CHECK=${CHECK:-127.0.0.1:443}

in_compose() {
    docker ps --quiet --filter label=com.docker.compose.project=bunri --filter label=com.docker.compose.service=nginx |
        xargs docker kill --signal HUP >/dev/null
}
reload() { if [ -n "${RELOAD:-}" ]; then sh -c "$RELOAD"; else in_compose; fi; }
serial() { openssl x509 -noout -serial; }
served() { openssl s_client -connect "$CHECK" </dev/null 2>/dev/null | serial 2>/dev/null || true; }
# Both files at once, as far as a file system can: written beside, then renamed.
put() { # FOLDER
    for file in fullchain.pem privkey.pem; do install -m 0640 -g "$GROUP" "$1/$file" "$CERTIFICATES/.$file"; done
    for file in fullchain.pem privkey.pem; do mv "$CERTIFICATES/.$file" "$CERTIFICATES/$file"; done
}

key=$(openssl pkey -in "$RENEWED_LINEAGE/privkey.pem" -pubout)
[ "$(openssl x509 -in "$RENEWED_LINEAGE/fullchain.pem" -noout -pubkey)" = "$key" ] ||
    { echo "the key in $RENEWED_LINEAGE is not the certificate's; Nginx keeps the one it has" >&2; exit 1; }

before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT
cp "$CERTIFICATES/fullchain.pem" "$CERTIFICATES/privkey.pem" "$before/"
put "$RENEWED_LINEAGE"
new=$(serial <"$RENEWED_LINEAGE/fullchain.pem")
tries=${TRIES:-40}
reload || tries=0
while [ "$tries" -gt 0 ]; do # workers of before answer until they have been replaced
    [ "$(served)" != "$new" ] || { echo "$CHECK serves $new"; exit 0; }
    tries=$((tries - 1))
    sleep 0.5
done
put "$before"
reload || true
echo "$CHECK does not serve the new certificate ($new); the one of before is back" >&2
exit 1
