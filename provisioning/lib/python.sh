# shellcheck shell=bash
# The Python environment in .waystation/venv: Plotly's JavaScript for the dashboard, Arrow's C++
# libraries for Parquet, Selenium for the browser test, DuckDB for that of the lake.

readonly python_folder="$project/.waystation/venv"
readonly python="$python_folder/bin/python3"

# install_python REQUIREMENTS...: pinned packages from the named files; quick when they are already there.
install_python() {
    local requirements stamp
    if ! [[ -x $python ]] || ! "$python" -c '' 2>/dev/null; then
        say "Making the Python environment .waystation/venv"
        rm -rf "$python_folder"
        python3 -m venv "$python_folder"
    fi
    for requirements in "$@"; do
        stamp="$python_folder/$(basename "$requirements")"
        if cmp -s "$requirements" "$stamp"; then continue; fi
        say "Installing Python packages: $(grep -o '^[^#=]*' "$requirements" | paste -sd ' ')"
        "$python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$requirements" >&2
        cp "$requirements" "$stamp"
    done
}

# Prints where plotly.min.js lies.
plotly_file() {
    local found
    found=$(find "$python_folder" -path '*/plotly/package_data/plotly.min.js' -print -quit 2>/dev/null)
    if [[ -z $found ]]; then die "plotly.min.js is not in .waystation/venv. Run provisioning/setup."; fi
    printf '%s\n' "$found"
}
