"""Benchmarks: Doorstep beside its peers, same load, same run.

Each module named in `bench.__main__.BENCHMARKS` measures one thing and returns rows
(`bench.rows.Row`). `python -m bench` runs all of them, prints a table and writes
`bench/results.json`; `python -m bench NAME` runs one. Definitions: docs/benchmarks.md.
"""
