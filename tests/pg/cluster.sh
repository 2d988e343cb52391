#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A throw-away PostgreSQL server for tests: loopback only, trust, no fsync.
#   cluster.sh start DIR [PID]   DIR must be new or empty; the last line printed is the address. With PID
#                                the server goes away by itself when that process has ended.
#   cluster.sh restart DIR       fast stop and start on the same port
#   cluster.sh halt DIR          stops it and keeps DIR; restart brings it back
#   cluster.sh stop DIR          stops it and removes DIR
# PostgreSQL refuses to run as root, so root steps down to the user postgres.
set -euo pipefail
export LC_ALL=C.UTF-8

usage() {
    sed -n '3,10s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

tool() {
    local found
    found=$(command -v "/usr/lib/postgresql/15/bin/$1" || command -v "$1" || true)
    [ -n "$found" ] || found=$(find /usr/lib/postgresql -name "$1" -type f 2>/dev/null | sort -V | tail -n 1)
    [ -n "$found" ] || { echo "cluster.sh: $1 is not installed (apt: postgresql-15)" >&2; exit 1; }
    echo "$found"
}

as_server() {
    if [ "$(id -u)" -ne 0 ]; then
        (cd "$dir" && "$@" </dev/null)
    elif command -v runuser >/dev/null; then
        (cd "$dir" && runuser -u postgres -- "$@" </dev/null)
    else
        # shellcheck disable=SC2016
        (cd "$dir" && su -s /bin/sh postgres -c 'exec "$0" "$@"' -- "$@" </dev/null)
    fi
}

free_port() {
    python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

configure() {
    local sockets=$dir
    [ ${#dir} -lt 80 ] || sockets='' # the system's limit for a socket's path
    cat >>"$dir/data/postgresql.conf" <<EOF
listen_addresses = '127.0.0.1'
port = $1
unix_socket_directories = '$sockets'
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = 32MB
max_connections = 100
max_wal_size = 256MB
autovacuum_naptime = 1h
logging_collector = off
EOF
}

launch() {
    as_server "$(tool pg_ctl)" -D "$dir/data" -l "$dir/log" -s -w -t 60 start >/dev/null
}

# The port was free a moment ago; somebody else may have taken it since.
launch_on_free_port() {
    cp "$dir/data/postgresql.conf" "$dir/conf"
    for _ in 1 2 3 4 5; do
        port=$(free_port)
        cp "$dir/conf" "$dir/data/postgresql.conf"
        configure "$port"
        if launch 2>/dev/null; then
            echo "$port" >"$dir/port"
            return 0
        fi
    done
    echo "cluster.sh: the server does not start:" >&2
    tail -n 20 "$dir/log" >&2 || true
    return 1
}

watch_owner() {
    setsid bash -c 'while kill -0 "$1" 2>/dev/null && [ -d "$2" ]; do sleep 1; done
        [ ! -d "$2" ] || "$0" stop "$2"' "$self" "$1" "$dir" </dev/null >/dev/null 2>&1 &
}

start() {
    mkdir -p "$dir"
    [ -z "$(ls -A "$dir")" ] || { echo "cluster.sh: $dir is not empty" >&2; exit 1; }
    if [ "$(id -u)" -eq 0 ]; then
        chown postgres "$dir"
    fi
    chmod 700 "$dir"
    as_server "$(tool initdb)" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 \
        --no-sync --no-instructions >"$dir.init" 2>&1 || {
        cat "$dir.init" >&2
        rm -rf "$dir" "$dir.init"
        exit 1
    }
    rm -f "$dir.init"
    launch_on_free_port
    [ -z "${1:-}" ] || watch_owner "$1"
    echo "postgresql://postgres@127.0.0.1:$(cat "$dir/port")/postgres"
}

stop() {
    [ -f "$dir/data/PG_VERSION" ] || { echo "cluster.sh: no cluster in $dir" >&2; exit 1; }
    as_server "$(tool pg_ctl)" -D "$dir/data" -s -w -t 60 -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$dir"
}

halt() {
    as_server "$(tool pg_ctl)" -D "$dir/data" -s -w -t 60 -m fast stop >/dev/null
}

restart() {
    [ ! -f "$dir/data/postmaster.pid" ] || halt
    launch
}

[ $# -ge 2 ] || usage
dir=$(realpath -m "$2")
self=$(realpath "$0")
case $1 in
start) start "${3:-}" ;;
restart) restart ;;
halt) halt ;;
stop) stop ;;
*) usage ;;
esac
