#!/bin/sh
# Puts a renewed certificate on the load balancer of Oracle's cloud (deploy/terraform/oci). certbot runs it as its deploy hook:
#
#   certbot renew --deploy-hook /srv/bunri/update-letsencrypt-cert.sh
#
# LOAD_BALANCER is its OCID; the host must be allowed to use it. OCI is the command, with the ways to sign in among its words.
set -eu
: "${LOAD_BALANCER:?the OCID of the load balancer}" "${RENEWED_LINEAGE:?the folder that certbot names}"
OCI=${OCI:-oci --auth instance_principal}
LISTENER=${LISTENER:-https}
BACKENDS=${BACKENDS:-host}

# shellcheck disable=SC2086  # several words
lb() { $OCI lb "$@" --load-balancer-id "$LOAD_BALANCER"; }
changed() { lb "$@" --wait-for-state SUCCEEDED --max-wait-seconds "${PATIENCE:-300}" --wait-interval-seconds 2 >/dev/null; }
names() { lb certificate list --query 'data[*]."certificate-name"' --output json | tr -d '[]", ' | grep . || true; }

name="letsencrypt-$(openssl x509 -in "$RENEWED_LINEAGE/cert.pem" -noout -serial | cut -d= -f2)"
if ! names | grep -qx "$name"; then
    changed certificate create --certificate-name "$name" --public-certificate-file "$RENEWED_LINEAGE/fullchain.pem" \
        --private-key-file "$RENEWED_LINEAGE/privkey.pem"
fi

# An update says the whole listener anew: what is not named here would be gone.
changed listener update --force --listener-name "$LISTENER" --default-backend-set-name "$BACKENDS" --port 443 --protocol HTTP \
    --ssl-certificate-name "$name" --protocols '["TLSv1.2", "TLSv1.3"]' --cipher-suite-name "${CIPHERS:-oci-tls-12-13-wider-ssl-cipher-suite-v1}"

names | grep '^letsencrypt-' | grep -vx "$name" | while read -r old; do
    changed certificate delete --force --certificate-name "$old"
done
