# shellcheck shell=bash
# A server on this machine that stands in for S3. Needs `project`, `python` and `run`, and lib/processes.sh.

s3_line() { grep '^moto ' "$run/s3.out"; }

# start_s3: with a bucket in which a cloud keeps its raw batches. Sets `raw_configuration`, which the cloud is given.
start_s3() {
    local address key secret
    install_python "$project/provisioning/lib/python-s3.txt"
    start_process s3 "$python" -B "$project/provisioning/lib/s3_stand_ins.py" --until-signal --bucket waystation moto
    wait_until 60 "the stand-in for S3 listens" s3_line >/dev/null
    read -r _ address key secret < <(s3_line)
    (umask 077 && printf '[credentials]\nkey-id = %s\nsecret = %s\n' "$key" "$secret" >"$run/s3.conf")
    raw_configuration="
[raw]
store = s3
bucket = waystation
prefix = check
endpoint = $address
credentials = file
credentials-file = ../s3.conf"
}
