# shellcheck shell=bash
# A Swift SDK for 64-bit ARM: the C libraries and Swift's static runtime as Debian packages them for arm64, the compiler
# from this machine. Everything is below `arm64`, and apt there has a world of its own: nothing is installed here.
# Needs `project`.

readonly arm64="$project/.waystation/arm64"
readonly arm64_suite=trixie
readonly arm64_triple=aarch64-unknown-linux-gnu
readonly arm64_sdk="debian-$arm64_suite-arm64"
readonly arm64_bundle="$arm64/sdk/$arm64_sdk.artifactbundle"
readonly arm64_root="$arm64_bundle/$arm64_sdk/root"
readonly arm64_runtime="$arm64_root/usr/lib/swift_static"
readonly arm64_emulator="$arm64/emulator/usr/bin/qemu-aarch64"

# What the edge is linked with; apt adds what these need themselves.
readonly arm64_packages=(
    libc6-dev libgcc-14-dev libstdc++-14-dev
    libcurl4-openssl-dev libsqlite3-dev libssl-dev libzstd-dev libsimdjson-dev
)
# The modules that a Swift program without Foundation and Dispatch may import, each after those it imports itself.
readonly arm64_modules=(Swift SwiftOnoneSupport _Concurrency _Builtin_float Glibc _RegexParser _StringProcessing)

require_arm64_host() {
    local tool
    if [[ $(uname -m) != x86_64 ]]; then
        die "this cross-builds on x86-64. On ARM itself \"swift build\" makes the edge, where there is Swift for it."
    fi
    for tool in apt-get dpkg-deb tar xz realpath; do
        if ! command -v "$tool" >/dev/null; then die "$tool is missing: this needs a Debian machine, or one like it."; fi
    done
    if ! [[ -r /usr/share/keyrings/debian-archive-keyring.gpg ]]; then
        die "Debian's keys are missing. Install the package debian-archive-keyring."
    fi
}

# The folder of the compiler, its libraries and its runtime; it knows best, since what is on the path may be a proxy.
toolchain_folder() {
    swiftc -print-target-info | sed -n 's,.*"runtimeResourcePath": "\(.*\)/lib/swift".*,\1,p'
}

# What an SDK is made from: this recipe and this compiler. A different one is made anew.
arm64_fingerprint() { { cat "$project/provisioning/lib/arm64.sh" && swiftc --version 2>&1; } | sha256sum; }

# The mirror that this machine's own apt uses, else Debian's.
debian_mirror() {
    local mirror
    # shellcheck disable=SC2016 # It is apt that puts the address in.
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        grep -m 1 '/debian/\{0,1\}$' || true)
    printf '%s' "${mirror:-http://deb.debian.org/debian}"
}

# arm64_apt WORD...: apt-get that knows Debian's packages for arm64, and for this machine, and has none installed.
arm64_apt() { APT_CONFIG="$arm64/apt/apt.conf" apt-get -qq -y "$@" >&2; }

prepare_arm64_apt() {
    local apt="$arm64/apt"
    rm -rf "$apt"
    mkdir -p "$apt"/{lists/partial,archives/partial,etc/apt.conf.d,etc/preferences.d}
    : >"$apt/status"
    cat >"$apt/etc/sources.list" <<LIST
deb [arch=arm64,amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) $arm64_suite main
LIST
    cat >"$apt/apt.conf" <<CONF
APT::Architecture "arm64";
APT::Architectures { "arm64"; "amd64"; };
APT::Install-Recommends "false";
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Debug::NoLocking "true";
Dir::State "$apt";
Dir::State::status "$apt/status";
Dir::Cache "$apt";
Dir::Cache::archives "$apt/archives/";
Dir::Etc "$apt/etc";
Dir::Etc::sourcelist "$apt/etc/sources.list";
Dir::Etc::sourceparts "-";
CONF
    arm64_apt update
}

# unpack_package FILE FOLDER [TAR-OPTION...]
unpack_package() {
    local file=$1 folder=$2
    shift 2
    dpkg-deb --fsys-tarfile "$file" | tar --extract --directory "$folder" "$@"
}

# The C side: headers and libraries, laid out as on the device (/bin, /lib and /sbin are links into /usr).
unpack_c_libraries() {
    local folder package
    mkdir -p "$arm64_root"/usr/{bin,lib,sbin}
    for folder in bin lib sbin; do ln -s "usr/$folder" "$arm64_root/$folder"; done
    for package in "$arm64"/apt/archives/*.deb; do
        case $(basename "$package") in
        swiftlang_* | qemu-user_*) ;;
        *) unpack_package "$package" "$arm64_root" --keep-directory-symlink --exclude './usr/share/*' ;;
        esac
    done
}

# The Swift side: of Debian's compiler package for arm64 the static runtime alone, and the text of its modules.
unpack_swift_runtime() {
    local from=./usr/libexec/swift/lib/swift_static module
    local wanted=("$from/shims/*" "$from/linux/aarch64/*" "$from/linux/*.lnk" "$from/linux/libswift*.a")
    for module in "${arm64_modules[@]}"; do
        wanted+=("$from/linux/$module.swiftmodule/$arm64_triple.swiftinterface")
    done
    unpack_package "$(echo "$arm64"/apt/archives/swiftlang_*_arm64.deb)" "$arm64_root" \
        --transform 's,^\./usr/libexec/swift/lib/,./usr/lib/,' --wildcards "${wanted[@]}"
    # Nothing of the edge may need Dispatch: without these the linker finds out.
    sed -i '/^-ldispatch/d' "$arm64_runtime/linux/static-stdlib-args.lnk"
    ln -s "$(realpath "$(toolchain_folder)/lib/swift_static/clang")" "$arm64_runtime/clang"
    ln -s swift_static "$arm64_root/usr/lib/swift"
}

# Debian's compiler is older than ours and cannot be read by it in binary form; from the text ours makes its own.
compile_swift_modules() {
    local module folder options
    for module in "${arm64_modules[@]}"; do
        folder="$arm64_runtime/linux/$module.swiftmodule"
        options=(-target "$arm64_triple" -sdk "$arm64_root" -resource-dir "$arm64_runtime" -use-static-resource-dir
            -module-cache-path "$arm64/module-cache" -suppress-warnings)
        if [[ $module == Swift ]]; then options+=(-parse-stdlib); fi
        "$(toolchain_folder)/bin/swift-frontend" -compile-module-from-interface -module-name "$module" "${options[@]}" \
            "$folder/$arm64_triple.swiftinterface" -o "$folder/$arm64_triple.swiftmodule"
    done
    rm -rf "$arm64/module-cache"
}

# What tells SwiftPM about all this (SE-0387).
describe_arm64_sdk() {
    local folder="$arm64_bundle/$arm64_sdk"
    cat >"$arm64_bundle/info.json" <<JSON
{"schemaVersion": "1.0", "artifacts": {"$arm64_sdk": {
    "type": "swiftSDK", "version": "1.0.0", "variants": [{"path": "$arm64_sdk"}]}}}
JSON
    cat >"$folder/swift-sdk.json" <<JSON
{"schemaVersion": "4.0", "targetTriples": {"$arm64_triple": {
    "sdkRootPath": "root", "swiftResourcesPath": "root/usr/lib/swift",
    "swiftStaticResourcesPath": "root/usr/lib/swift_static", "toolsetPaths": ["toolset.json"]}}}
JSON
    cat >"$folder/toolset.json" <<JSON
{"schemaVersion": "1.0", "swiftCompiler": {"extraCLIOptions": ["-use-ld=lld"]}}
JSON
    cat >"$arm64_root/SDKSettings.json" <<JSON
{"CanonicalName": "aarch64-swift-linux-gnu", "DisplayName": "$arm64_sdk", "Version": "1.0.0", "VersionMap": {}}
JSON
}

# Makes the SDK and fetches the emulator; quick when both are there.
prepare_arm64() {
    local stamp="$arm64/made-by"
    mkdir -p "$arm64"
    exec 8>"$arm64/lock"
    flock 8  # until the script ends: two at once would take the SDK from each other
    if [[ -f $stamp && $(<"$stamp") == "$(arm64_fingerprint)" ]]; then return; fi
    step "Making the SDK for arm64 from Debian $arm64_suite (some 500 MB to fetch)"
    rm -rf "$stamp" "$arm64/sdk" "$arm64/emulator"
    prepare_arm64_apt
    arm64_apt --download-only install "${arm64_packages[@]}"
    (cd "$arm64/apt/archives" && arm64_apt download swiftlang:arm64 qemu-user:amd64)
    say "Fetched. Unpacking"
    unpack_c_libraries
    unpack_swift_runtime
    mkdir -p "$arm64/emulator"
    unpack_package "$(echo "$arm64"/apt/archives/qemu-user_*_amd64.deb)" "$arm64/emulator" ./usr/bin/qemu-aarch64
    say "Compiling the modules of Swift's runtime for this compiler"
    compile_swift_modules
    describe_arm64_sdk
    rm -rf "$arm64/apt"
    arm64_fingerprint >"$stamp"
}

# build_arm64 PRODUCT...: release programs for arm64. Sets `arm64_programs` to their folder.
build_arm64() {
    local product options
    options=(--package-path "$project" --configuration release --swift-sdks-path "$arm64/sdk" --swift-sdk "$arm64_sdk"
        --static-swift-stdlib --scratch-path "$arm64/build")
    for product in "$@"; do
        # Without these two SwiftPM would offer this machine's own libraries to the linker.
        PKG_CONFIG_LIBDIR="$arm64_root/usr/lib/aarch64-linux-gnu/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$arm64_root" \
            swift build "${options[@]}" --product "$product" >&2
    done
    arm64_programs="$arm64/build/$arm64_triple/release"
}

# run_arm64 PROGRAM WORD...: runs it here as the processor of a Raspberry Pi 3 would, with the SDK's libraries.
run_arm64() { QEMU_LD_PREFIX="$arm64_root" "$arm64_emulator" -cpu cortex-a53 "$@"; }
