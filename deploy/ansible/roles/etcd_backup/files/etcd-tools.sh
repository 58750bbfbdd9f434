# etcdctl and etcdutl out of the image of the etcd that runs, so that they are of its version. Leaves their folder in $tools.
manifest=${MANIFESTS:-/etc/kubernetes/manifests}/etcd.yaml
image=$(sed -n 's/^ *image: *//p' "$manifest")
tools=/usr/local/lib/etcd/$(echo "${image##*/}" | tr -c 'A-Za-z0-9._\n-' _)

unpack_tools() {
    into=$(mktemp -d)
    ctr --namespace k8s.io images export "$into/image" "$image" >/dev/null
    tar -C "$into" -xf "$into/image" blobs
    for layer in "$into"/blobs/sha256/*; do # one layer has them; the others, and what is no layer, say that they have not
        tar -C "$into" -xf "$layer" --wildcards '*local/bin/etcdctl' '*local/bin/etcdutl' 2>/dev/null || true
    done
    install -D -m 0755 -t "$tools" "$into/usr/local/bin/etcdctl" "$into/usr/local/bin/etcdutl"
    rm -rf "$into"
}

[ -x "$tools/etcdutl" ] || unpack_tools
PATH=$tools:$PATH
