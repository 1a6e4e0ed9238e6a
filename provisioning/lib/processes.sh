# shellcheck shell=bash
# Programs that run beside a script and end with it, however it ends. `run` is the folder of their output:
# NAME.out is what NAME prints, NAME.log what it logs, all its lives one after another.

declare -A process_of=()
started=()  # names, in the order of their first start

# The kernel kills the child even when this script is killed and runs no trap any more.
dies_with_us=()
if command -v setpriv >/dev/null; then dies_with_us=(setpriv --pdeathsig KILL); fi

# start_process NAME COMMAND...
start_process() {
    local name=$1
    shift
    : >"$run/$name.out"
    ${dies_with_us[@]+"${dies_with_us[@]}"} "$@" >"$run/$name.out" 2>>"$run/$name.log" </dev/null &
    process_of[$name]=$!
    if ! [[ " ${started[*]} " == *" $name "* ]]; then started+=("$name"); fi
    disown
}

is_alive() { kill -0 "${process_of[$1]}" 2>/dev/null; }
is_gone() { ! is_alive "$1"; }

# kill_process NAME: as a power cut would, without a word.
kill_process() {
    kill -KILL "${process_of[$1]}"
    until is_gone "$1"; do sleep 0.05; done
    unset "process_of[$1]"
}

# stop_process NAME: asks it to leave; kills it, and says so, where it does not within 15 seconds. Returns 1 then.
stop_process() {
    local name=$1 deadline=$((SECONDS + 15))
    kill -TERM "${process_of[$name]}" 2>/dev/null || true
    while is_alive "$name"; do
        if ((SECONDS >= deadline)); then
            say "$name does not leave when asked to; killing it."
            kill_process "$name"
            return 1
        fi
        sleep 0.05
    done
    unset "process_of[$name]"
}

# Ends the script when a program that shall run has ended.
require_all_alive() {
    local name
    for name in "${!process_of[@]}"; do
        if is_gone "$name"; then
            unset "process_of[$name]"
            die "$name has ended by itself."
        fi
    done
}

# wait_until SECONDS WHAT COMMAND...: returns when the command succeeds; ends the script when it does not in time.
wait_until() {
    local seconds=$1 what=$2 deadline=$((SECONDS + $1))
    shift 2
    until "$@"; do
        require_all_alive
        if ((SECONDS >= deadline)); then die "waited $seconds s for this in vain: $what."; fi
        sleep 0.2
    done
}

show_logs() {
    local log
    for log in "$run"/*.log; do
        if ! [[ -s $log ]]; then continue; fi
        say "---- the end of ${log#"$project/"}"
        tail -n 20 "$log" >&2
    done
}

# Stops what runs, last started first.
stop_all() {
    local index name
    for ((index = ${#started[@]} - 1; index >= 0; index--)); do
        name=${started[index]}
        if [[ -n ${process_of[$name]:-} ]]; then stop_process "$name" || return 1; fi
    done
}

# Runs at the end of the script, with its exit status.
leave() {
    local status=$1
    trap - EXIT
    trap '' INT TERM
    until stop_all; do :; done
    if declare -F stop_postgresql >/dev/null; then stop_postgresql; fi
    case $status in
    0 | 130 | 143) ;;
    *) if [[ -d ${run:-} ]]; then show_logs; fi ;;
    esac
    exit "$status"
}

# From here on whatever was started ends with the script.
leave_nothing_behind() {
    trap 'leave $?' EXIT
    trap 'say "Stopping." && exit 130' INT
    trap 'exit 143' TERM
}
