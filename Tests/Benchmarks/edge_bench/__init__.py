"""The scenarios of `Tests/Benchmarks/edge.py`, each in a file of its own, and what they stand on."""
