"""The scenarios of `Tests/Benchmarks/cloud.py`, and what they stand on."""
