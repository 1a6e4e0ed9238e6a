# shellcheck shell=bash
# A PostgreSQL server of a script's own, on a Unix socket in a folder below /tmp. It and the folder go with the script.

# Neither initdb nor the server runs as root; Debian's package has made a user for them.
postgresql_user=()
if ((EUID == 0)); then postgresql_user=(setpriv --reuid postgres --regid postgres --init-groups); fi
postgresql_folder=
postgresql_process=

# Prints the folder of the newest server's programs.
postgresql_programs() {
    local found
    found=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
    if [[ -z $found ]]; then die "PostgreSQL is not installed. Run provisioning/setup --for test."; fi
    printf '%s\n' "$found"
}

# start_postgresql [SETTING...]: starts a server with a database `waystation` of a role `waystation`, who is no superuser,
# and sets `postgresql` to its connection string. Does nothing where one was started. Whatever calls it must call
# stop_postgresql when it ends. A setting is NAME=VALUE; the server syncs its disk unless one says `fsync=off`.
start_postgresql() {
    local programs deadline setting options=()
    if [[ -n $postgresql_folder ]]; then return; fi
    programs=$(postgresql_programs)
    for setting in "$@"; do options+=(-c "$setting"); done
    postgresql_folder=$(mktemp -d /tmp/waystation-postgresql.XXXXXX)
    if ((EUID == 0)); then chown postgres: "$postgresql_folder"; fi
    "${postgresql_user[@]}" "$programs/initdb" --pgdata "$postgresql_folder/data" --auth trust --username postgres \
        --encoding UTF8 --locale C --no-sync >"$postgresql_folder/initdb.log" 2>&1 ||
        die "initdb fails: $(tail -n 3 "$postgresql_folder/initdb.log")"
    # The kernel kills the server even when this script is killed and runs no trap any more.
    setpriv "${postgresql_user[@]:1}" --pdeathsig KILL "$programs/postgres" -D "$postgresql_folder/data" \
        -k "$postgresql_folder" -c listen_addresses= "${options[@]}" >"$postgresql_folder/server.log" 2>&1 </dev/null &
    postgresql_process=$!
    disown
    deadline=$((SECONDS + 60))
    until "$programs/pg_isready" --quiet --host "$postgresql_folder"; do
        if ! kill -0 "$postgresql_process" 2>/dev/null || ((SECONDS >= deadline)); then
            die "PostgreSQL does not start: $(tail -n 5 "$postgresql_folder/server.log")"
        fi
        sleep 0.1
    done
    as_postgresql_superuser "$programs" "CREATE ROLE waystation LOGIN" "CREATE DATABASE waystation OWNER waystation"
    # shellcheck disable=SC2034 # For the script that sources this.
    postgresql="host=$postgresql_folder dbname=waystation user=waystation"
}

# as_postgresql_superuser PROGRAMS STATEMENT...
as_postgresql_superuser() {
    local programs=$1 statement
    shift
    for statement in "$@"; do
        "$programs/psql" --host "$postgresql_folder" --username postgres --dbname postgres --quiet --no-psqlrc \
            --set ON_ERROR_STOP=1 --command "$statement"
    done
}

# Stops the server, and removes all that it kept. Does nothing where none was started.
stop_postgresql() {
    if [[ -n $postgresql_process ]]; then
        kill -INT "$postgresql_process" 2>/dev/null || true
        while kill -0 "$postgresql_process" 2>/dev/null; do sleep 0.05; done
    fi
    if [[ -n $postgresql_folder ]]; then rm -rf "$postgresql_folder"; fi
    postgresql_process=
    postgresql_folder=
}
