# shellcheck shell=bash
# The Swift toolchain and what it builds.

require_swift() {
    local version
    if ! command -v swift >/dev/null; then
        die "there is no Swift on this machine. Install Swift 6.1 or newer from https://www.swift.org/install/linux/ and try again."
    fi
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p')
    if [[ -z $version ]]; then die "\"swift --version\" names no version: the Swift toolchain does not work."; fi
    if ! printf '6.1\n%s\n' "$version" | sort -V -C; then
        die "Swift $version is too old. Install Swift 6.1 or newer from https://www.swift.org/install/linux/."
    fi
}

# build_programs CONFIGURATION: builds the three programs and sets `programs` to their folder.
build_programs() {
    step "Building waystation-replay, waystation-edge and waystation-cloud ($1; the first build takes minutes)"
    (cd "$project" && swift build --configuration "$1" >&2)
    programs=$(cd "$project" && swift build --configuration "$1" --show-bin-path)
}

# use_programs FOLDER: takes programs that are built already.
use_programs() {
    local program
    for program in waystation-replay waystation-edge waystation-cloud; do
        if ! [[ -x $1/$program ]]; then die "there is no program $program in $1."; fi
    done
    programs=$(cd "$1" && pwd)
}
