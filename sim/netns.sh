#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The network of the simulated street: two namespaces of our own joined by a veth pair.
#   sim/netns.sh up NAME      makes NAME (the platform's watch runs there) and NAME-street (the devices)
#   sim/netns.sh down NAME    removes both and everything in them that we started by `ip netns exec`
# Needs root. Both may be repeated. Nothing outside the two namespaces is touched: 198.18.0.0/16 is the
# benchmark range (RFC 2544) and has no way out.
set -eu

usage() {
    echo "usage: sim/netns.sh up|down NAME   (NAME: a-z 0-9 -, at most 20)" >&2
    exit 2
}
[ $# -eq 2 ] || usage
case $2 in
'' | *[!a-z0-9-]* | -*) usage ;;
esac
[ ${#2} -le 20 ] || usage
watcher=$2
street=$2-street

exists() {
    ip netns list | awk '{ print $1 }' | grep -qx "$1"
}

remove() {
    for ns in "$watcher" "$street"; do
        exists "$ns" || continue
        ip netns pids "$ns" | while read -r pid; do kill -TERM "$pid" 2>/dev/null || true; done
        ip netns delete "$ns"
    done
}

make_both() {
    ip netns add "$watcher"
    ip netns add "$street"
    # Both ends are born inside: no name in the outer namespace that could clash.
    ip -n "$watcher" link add sw-watch type veth peer name sw-street netns "$street"
    ip -n "$watcher" link set lo up
    ip -n "$street" link set lo up
    ip -n "$watcher" address add 198.18.255.1/30 dev sw-watch
    ip -n "$street" address add 198.18.255.2/30 dev sw-street
    ip -n "$watcher" link set sw-watch up
    ip -n "$street" link set sw-street up
    ip -n "$watcher" route add 198.18.0.0/16 via 198.18.255.2
    # The setting belongs to the namespace: unprivileged ping for the watcher only.
    ip netns exec "$watcher" sh -c 'echo "0 2147483647" >/proc/sys/net/ipv4/ping_group_range'
}

complete() {
    exists "$watcher" && exists "$street" &&
        ip -n "$watcher" route show 198.18.0.0/16 2>/dev/null | grep -q 198.18.255.2
}

case $1 in
up)
    complete && exit 0
    remove
    trap 'remove' EXIT
    make_both
    trap - EXIT
    ;;
down) remove ;;
*) usage ;;
esac
