# shellcheck shell=bash
# Apache Arrow's C++ headers and libraries, which Debian 12 lacks, out of the Python package pyarrow: what the cloud's
# Parquet writer is built from. Package.swift looks for them in .waystation/parquet; the edge does without.

readonly parquet_folder="$project/.waystation/parquet"

# link_parquet: include/ and lib/ in .waystation/parquet, as links into the Python environment; quick when they are there.
link_parquet() {
    local package name library
    package=$(find "$python_folder" -type d -path '*/site-packages/pyarrow' -print -quit)
    if ! [[ -f $package/include/parquet/api/writer.h ]]; then die "pyarrow in .waystation/venv carries no C++ headers."; fi
    mkdir -p "$parquet_folder/lib"
    ln -sfn "$package/include" "$parquet_folder/include"
    for name in libparquet libarrow; do
        library=$(find "$package" -maxdepth 1 -name "$name.so.*" -print -quit)
        if [[ -z $library ]]; then die "pyarrow in .waystation/venv carries no $name."; fi
        ln -sfn "$library" "$parquet_folder/lib/$(basename "$library")"
        ln -sfn "$(basename "$library")" "$parquet_folder/lib/$name.so"
    done
}
