# shellcheck shell=bash
# Words to the person who runs a script. They go to standard error, so that standard output holds results alone.

say() { printf '%s\n' "$*" >&2; }

# A heading before a step that may take a while.
step() { printf '\n== %s\n' "$*" >&2; }

# Ends the script with a sentence.
die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# Prints the comment block at the head of the script that runs: what `--help` shows.
usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; }

# Ends the script because of an option that it does not know.
unknown_option() { die "unknown option $1. See $(basename "$0") --help."; }

# option_value OPTION [VALUE]: the value of an option, or the end of the script where it is missing.
option_value() {
    if (($# < 2)) || [[ -z $2 ]]; then die "the option $1 needs a value."; fi
    printf '%s' "$2"
}

# whole_number OPTION VALUE MINIMUM: the value, or the end of the script where it is no number of at least MINIMUM.
whole_number() {
    if ! [[ $2 =~ ^[0-9]{1,7}$ ]] || ((10#$2 < $3)); then
        die "the option $1 needs a whole number of at least $3, not \"$2\"."
    fi
    printf '%s' "$((10#$2))"
}
