"""Plant small faults in `klhelpers`, one at a time, and see whether the tests notice.

`faults` plants them, `selection` finds which tests touch which line, `trial` runs these on one fault, `report` keeps
the results and sums them up. `python -m tools.mutate` does it all.
"""
