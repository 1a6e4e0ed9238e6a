# shellcheck shell=bash
# Debian packages: what the programs are built from, and what the tests need besides.

readonly build_packages=(
    libcurl4-openssl-dev libpq-dev libsqlite3-dev libssl-dev libzstd-dev libsimdjson-dev pkg-config
)
readonly run_packages=(openssl zstd curl python3 python3-venv)
readonly test_packages=(chromium chromium-driver postgresql shellcheck)

# Prints those of the named packages that are not installed.
missing_packages() {
    local package
    for package in "$@"; do
        if [[ $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) != "install ok installed" ]]; then
            printf '%s\n' "$package"
        fi
    done
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "needs root for: $*. Run it as root, or install sudo."
    fi
}

# Installs those of the named packages that are missing; quick when none is.
install_packages() {
    if ! command -v dpkg-query >/dev/null; then
        say "This is no Debian machine: make sure yourself that the like of these is there: $*"
        return
    fi
    local missing
    mapfile -t missing < <(missing_packages "$@")
    if ((${#missing[@]} == 0)); then return; fi
    say "Installing Debian packages: ${missing[*]}"
    as_root apt-get update -qq >&2
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}
