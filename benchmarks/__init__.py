"""How exact and how fast `klhelpers` is, beside what else there is: `python -m benchmarks OUT.md`."""
