"""Try every fault of `klhelpers` that the results do not name yet, and say which the tests miss.

`python -m tools.mutate RESULTS.jsonl` may be stopped and resumed. It fails if fewer than 97 % of the faults are
caught, if a survivor is not listed in `tools/equivalent_faults.toml` with the reason why no test can catch it, or if
that list names a fault that is caught. Results of faults in code that has changed since, and of survivors whose
tests have changed, are found anew; remove the file to begin afresh.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from pathlib import Path

from tools.mutate import child, report
from tools.mutate.faults import MODULES, Fault, faults
from tools.mutate.report import CAUGHT, SURVIVED, TIMED_OUT, Result
from tools.mutate.selection import Record, chosen, notebooks_by_module
from tools.notebooks import ROOT

EQUIVALENT = ROOT / "tools" / "equivalent_faults.toml"
FORK = multiprocessing.get_context("fork")


def record(notebooks: Iterable[str]) -> Record:
    """Run the fast tests and these notebooks without any fault: what fails then would seem to catch every fault."""
    receiver, sender = FORK.Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as folder:
        process = FORK.Process(target=child.record, args=(notebooks, Path(folder), sender))
        process.start()
        sender.close()
        try:
            found: Record = receiver.recv()
        except EOFError:
            sys.exit("the tests cannot be run: see what make test says")
        process.join()
    if process.exitcode:
        sys.exit("the tests fail without any fault: see what make test says")
    return found


def trials(
    planted: Iterable[Fault], of: Record, notebooks: Mapping[str, list[str]], workers: int
) -> Iterator[tuple[Fault, str, str]]:
    """Each fault with its verdict and the last test that ran, as they come."""
    left = iter(planted)
    running: dict[Connection, tuple[ForkProcess, Fault, str]] = {}
    folder = Path(tempfile.mkdtemp())
    try:
        while True:
            while len(running) < workers and (fault := next(left, None)):
                receiver, sender = FORK.Pipe(duplex=False)
                arguments = (fault, chosen(fault, of), notebooks.get(fault.module, []), folder, sender)
                process = FORK.Process(target=child.try_fault, args=arguments)
                process.start()
                sender.close()
                running[receiver] = process, fault, ""
            if not running:
                return
            for ready in wait(list(running)):
                assert isinstance(ready, Connection)
                process, fault, by = running[ready]
                try:
                    running[ready] = process, fault, ready.recv()
                except EOFError:
                    del running[ready]
                    process.join()
                    _end_group(process)
                    yield fault, _verdict(process, fault), by
    finally:
        for process, _, _ in running.values():
            _end_group(process)
        shutil.rmtree(folder, ignore_errors=True)


def _end_group(process: ForkProcess) -> None:
    """End the process and those it has started."""
    process.kill()  # for itself, too: it may not lead its group yet
    with suppress(ProcessLookupError):
        os.killpg(process.pid or 0, signal.SIGKILL)


def _verdict(process: ForkProcess, fault: Fault) -> str:
    match process.exitcode:
        case 0:
            return SURVIVED
        case 1:
            return CAUGHT
        case code if code == -signal.SIGALRM:
            return TIMED_OUT
        case code if code is not None and code < 0:
            return CAUGHT  # it crashed
        case code:
            sys.exit(f"the tests could not be run ({code}) with the fault {fault.key}")


def tests_hash(notebooks: bool) -> str:
    """A fingerprint of all that can catch a fault, with notebooks or without."""
    folders = ("tests", "klhelpers", *(["notebooks"] if notebooks else []))
    files = sorted(p for f in folders for p in (ROOT / f).rglob("*") if p.suffix in (".py", ".ipynb"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def main() -> int:
    """Try what is not tried yet, then sum up."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("results", type=Path)
    parser.add_argument("--modules", nargs="*", default=MODULES, metavar="MODULE", help="without .py")
    parser.add_argument("--workers", type=int, default=2, help="processes at a time")
    parser.add_argument("--fast", action="store_true", help="leave out the notebooks")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that no child is left behind
    options.results.parent.mkdir(parents=True, exist_ok=True)
    planted = [
        fault
        for module in options.modules
        for fault in faults(module, (ROOT / "klhelpers" / f"{module}.py").read_text(encoding="utf-8"))
    ]
    results, now = report.load(options.results), tests_hash(notebooks=not options.fast)
    new = [f for f in planted if f.key not in results or not results[f.key].holds(f, now)]
    if new:
        child.load_libraries()
        notebooks = {} if options.fast else notebooks_by_module()
        found = record(sorted({name for fault in new for name in notebooks.get(fault.module, [])}))
        for done, (fault, verdict, by) in enumerate(trials(new, found, notebooks, options.workers), 1):
            result = results[fault.key] = Result(fault.key, fault.code_hash, verdict, by, now)
            report.store(options.results, result)
            print(f"{done}/{len(new)} {verdict}: {fault.key}", flush=True)
    tried = (results[fault.key] for fault in planted)
    found_out = report.summary(tried, report.equivalents(EQUIVALENT), options.modules)
    print("\n".join(report.lines(found_out)))
    return 0 if found_out.is_good else 1


if __name__ == "__main__":
    # One thread a process: more would only wait for each other.
    os.environ |= {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    sys.exit(main())
