"""How fast the sandbox is, told as ratios to a bare app on the same server, in the same run.

`python -m benchmarks` prints one table and ends with 0 if all that is demanded was met, else with 1.
Absolute figures drift from minute to minute; so the two are measured in turns, and what counts is the median of
the ratios of neighbouring measurements.
"""
