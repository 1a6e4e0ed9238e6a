# shellcheck shell=bash
# A whole Waystation on this machine: replay, cloud and edges, each in a folder of its own below `run`.
# Needs `project`, `programs` and `run`.

# The streams that the edges carry; the replay has to serve them.
streams=(rsvps)

# json_field PATH...: prints a member of the JSON text on standard input.
json_field() {
    python3 -c '
import json, sys
value = json.load(sys.stdin)
for name in sys.argv[1:]:
    value = value[name]
print(json.dumps(value) if isinstance(value, (bool, list, dict)) or value is None else value)' "$@"
}

# is_at_least NUMBER COMMAND...: whether the number that the command prints is so great; not, where it fails.
is_at_least() {
    local least=$1 number
    shift
    number=$("$@") && ((number >= least))
}

# count_lines FILE...: the messages of recordings; a last line without its end counts.
count_lines() { cat "$@" | grep -c ''; }

# announced NAME WHAT: prints the address that the program NAME says it listens on; fails while it says nothing.
announced() { sed -n "s/^listening ${2:+$2 }*\([^ ]*:[0-9]*\)\$/\1/p" "$run/$1.out" | grep .; }

is_listening() { announced "$@" >/dev/null; }

# start_replay RATE CLIENTS OPTION... : begins when so many clients are there. Sets `replay`.
start_replay() {
    local rate=$1 clients=$2
    shift 2
    start_process replay "$programs/waystation-replay" serve --port 0 --rate "$rate/s" --wait-for-clients "$clients" "$@"
    wait_until 30 "the replay listens" is_listening replay
    replay=$(announced replay)
}

replay_field() { curl -fs --max-time 5 "http://$replay/status" | json_field "$1"; }
published() { replay_field published; }
has_published() { is_at_least "$1" published; }
has_clients() { is_at_least "$1" replay_field clients; }
is_done() { [[ $(replay_field "done") == true ]]; }

cloud_configuration() {
    cat <<CONF
[cloud]
state = state
fleet = $1
streams = $project/cloud/streams

[devices]
listen = 127.0.0.1:$2
url = https://localhost:$2
certificate = ../keys/server.pem
key = ../keys/server.key
authority = ../keys/authority.pem

[dashboard]
listen = 127.0.0.1:$3
assets = $project/cloud/dashboard
plotly = $(plotly_file)

[keys]
receipt = ../keys/receipt.pem
release = ../keys/release.pem
timestamp = ../keys/timestamp.pem
${raw_configuration:-}
CONF
    warehouse_configuration
}

# The tables are in an SQLite file, unless `postgresql` says how to connect to a server.
warehouse_configuration() {
    if [[ -z ${postgresql:-} ]]; then return; fi
    cat <<CONF

[warehouse]
engine = postgresql
connection = $postgresql
CONF
}

# start_cloud FLEET PORT: the dashboard at that port (0: any). Sets `devices` and `dashboard`.
start_cloud() {
    mkdir -p "$run/cloud"
    cloud_configuration "$1" 0 "$2" >"$run/cloud/cloud.conf"
    start_process cloud "$programs/waystation-cloud" serve --config "$run/cloud/cloud.conf"
    wait_until 60 "the cloud listens" is_listening cloud dashboard
    devices=$(announced cloud devices)
    dashboard=$(announced cloud dashboard)
}

# cloud COMMAND...: another command of the cloud on the same state.
cloud() {
    local command=$1
    shift
    if [[ $command == device || $command == model ]]; then
        command+=" $1"
        shift
    fi
    # shellcheck disable=SC2086 # The command may be two words.
    "$programs/waystation-cloud" $command --config "$run/cloud/cloud.conf" "$@"
}

snapshot() { curl -fsS --max-time 5 "http://$dashboard/v1/snapshot"; }

edge_configuration() {
    local stream
    cat <<CONF
[edge]
state = state
name = $1

[cloud]
url = https://localhost:${devices##*:}

[spool]
seal-interval = 2 s
CONF
    for stream in "${streams[@]}"; do
        cat <<CONF

[stream $stream]
definition = $project/cloud/streams/$stream.json
url = ws://$replay/2/$stream
resume-url = http://$replay/2/$stream
CONF
    done
}

# enrol_edge NAME
enrol_edge() {
    local name=$1 secret
    mkdir -p "$run/$name"
    edge_configuration "$name" >"$run/$name/edge.conf"
    secret=$(cloud device invite --name "$name" | sed -n 1p)
    "$programs/waystation-edge" enroll --config "$run/$name/edge.conf" --token "$secret" >>"$run/$name.log" 2>&1
}

start_edge() { start_process "$1" "$programs/waystation-edge" run --config "$run/$1/edge.conf"; }

# stored NAME: how many lines of all streams this edge has put on its disk so far, delivered ones included.
stored() {
    "$programs/waystation-edge" status --config "$run/$1/edge.conf" |
        awk '$1 == "stream" { lines += $3 } END { print lines + 0 }'
}

# Prints how many lines are merged, from all edges.
merged() { snapshot | json_field events; }

# are_drained NAME...: all that these edges have stored is merged, and for longer than an edge flushes nothing new came.
are_drained() {
    local before
    before=$(sum_stored "$@") && [[ $(merged) == "$before" ]] && sleep 1.5 && [[ $(sum_stored "$@") == "$before" ]]
}

sum_stored() {
    local name number sum=0
    for name in "$@"; do
        number=$(stored "$name") || return 1
        sum=$((sum + number))
    done
    printf '%s\n' "$sum"
}

require_recordings() {
    local recording
    if (($# == 0)); then die "name at least one recording. See $(basename "$0") --help."; fi
    for recording in "$@"; do
        if ! [[ -f $recording && -r $recording ]]; then die "there is no recording $recording."; fi
    done
}
