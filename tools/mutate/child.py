"""What happens in a process of its own, forked from one that has loaded all libraries but neither module nor tests."""

from __future__ import annotations

import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from types import CodeType, ModuleType

import coverage
import hypothesis
import pytest

from tools.mutate.faults import Fault
from tools.mutate.selection import Record, module_name
from tools.notebooks import ROOT

PACKAGE = ROOT / "klhelpers"
# What `make test-fast` runs.
FAST = ["-m", "not browser", "--ignore", "tests/test_regression.py", "--ignore", "tests/test_sabotage.py"]
FAST_FOLDERS = ["tests", "klhelpers"]
LIBRARIES = (
    "hypothesis.extra.numpy", "matplotlib.pyplot", "mpmath", "nbval.plugin", "scipy.integrate", "scipy.linalg",
    "scipy.optimize", "scipy.signal", "scipy.stats",
)  # fmt: skip
MEMORY = 16 * 2**30
# Seconds that a test may take: so many, and so many times what it takes without a fault.
PATIENCE, SLOWNESS = 20, 20
NOTEBOOK_SECONDS = 600


def load_libraries() -> None:
    """Load what is slow to load and the same for every fault."""
    for name in LIBRARIES:
        importlib.import_module(name)
    # Only the verdict matters, and it must be the same each time.
    hypothesis.settings.register_profile(
        "faults",
        deadline=None,
        database=None,
        derandomize=True,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
    gc.freeze()


def be_a_child() -> None:
    """Lead a process group, so that all of it can be ended; say nothing; take no more than a share of memory."""
    import resource  # here, because not every system has it

    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    for name in [name for name in sys.modules if name.split(".")[0] in ("klhelpers", "tests")]:
        del sys.modules[name]
    os.chdir(ROOT)


def run_pytest(arguments: Iterable[str], plugin: object) -> int:
    """Run pytest in this process, in the order in which its files come."""
    quick = ["-q", "-n0", "--assert=plain", "-p", "no:anyio", "--hypothesis-profile=faults"]
    return int(pytest.main([*quick, *FAST, *arguments], plugins=[plugin]))


class Recorder:
    """Notes which lines of the package each test touches, and how long it takes."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.coverage = coverage.Coverage(data_file=None)
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Run a test under its own name."""
        self.coverage.switch_context(item.nodeid)
        start = time.perf_counter()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.perf_counter() - start
            self.coverage.switch_context("")

    def record(self) -> Record:
        """Sum up."""
        data = self.coverage.get_data()
        files = {module_name(Path(file).relative_to(PACKAGE)): file for file in data.measured_files()}
        touched = {module: data.contexts_by_lineno(file) for module, file in files.items()}
        return Record(self.seconds, touched)


def record(notebooks: Iterable[str], folder: Path, to: Connection) -> None:
    """Run the fast tests and these notebooks on the package as it is; send the `Record`, exit with 0 if all pass."""
    be_a_child()
    recorder = Recorder()
    with recorder.coverage.collect():
        status = run_pytest(FAST_FOLDERS, recorder)
    to.send(recorder.record())
    copy_project(folder)
    sys.exit(status or int(any(fails(name, folder) for name in notebooks)))


class Chosen:
    """Runs some tests only, in a given order, and says which before each; each gets its time and no more."""

    def __init__(self, seconds: Mapping[str, float], to: Connection) -> None:
        """Know the tests, in order, and how long each takes at most."""
        self.seconds, self.to = seconds, to

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Choose and sort."""
        found = {item.nodeid: item for item in items}
        if missing := self.seconds.keys() - found.keys():
            raise pytest.UsageError(f"these tests are gone: {sorted(missing)}")
        items[:] = [found[name] for name in self.seconds]

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Set the clock, which ends this process."""
        self.to.send(nodeid)
        signal.alarm(math.ceil(PATIENCE + SLOWNESS * self.seconds[nodeid]))


class Faulty(importlib.machinery.SourceFileLoader):
    """Loads a module from another source than that of its file."""

    def __init__(self, name: str, path: str, source: str) -> None:
        """Keep the source."""
        super().__init__(name, path)
        self.faulty = source

    def get_code(self, fullname: str) -> CodeType:
        """Compile the faulty source under the file's name."""
        return compile(self.faulty, self.path, "exec")


class Finder(importlib.abc.MetaPathFinder):
    """Finds one module with its fault."""

    def __init__(self, module: str, source: str) -> None:
        """Name the module of the package, and its faulty source."""
        self.name, self.path, self.source = f"klhelpers.{module}", str(PACKAGE / f"{module}.py"), source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Answer for that module only."""
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(
            fullname, self.path, loader=Faulty(fullname, self.path, self.source)
        )


def try_fault(
    fault: Fault, seconds: Mapping[str, float], notebooks: Sequence[str], folder: Path, to: Connection
) -> None:
    """Exit with 0 if neither these tests nor these notebooks notice the fault, with 1 if one does.

    What is sent last is the name of the test that does.
    """
    be_a_child()
    to.send("import")
    signal.alarm(PATIENCE)
    sys.meta_path.insert(0, Finder(fault.module, fault.source))
    try:
        importlib.import_module("klhelpers")
    except Exception:
        sys.exit(1)
    files = dict.fromkeys(name.split("::")[0] for name in seconds)
    signal.alarm(NOTEBOOK_SECONDS)
    status = run_pytest(["-x", *files], Chosen(seconds, to)) if seconds else 0
    if status in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED):
        sys.exit(1)
    if status:
        sys.exit(2)
    signal.alarm(NOTEBOOK_SECONDS)
    place = folder / str(os.getpid())
    copy_project(place)
    (place / "klhelpers" / f"{fault.module}.py").write_text(fault.source, encoding="utf-8")
    for name in notebooks:
        to.send(name)
        if fails(name, place):
            sys.exit(1)
    sys.exit(0)


def fails(notebook: str, place: Path) -> bool:
    """Whether the notebook does not pass its tests in a copy of the project."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", notebook]
    return subprocess.run(command, cwd=place).returncode != 0


def copy_project(place: Path) -> None:
    """Copy all that the notebooks' tests need."""
    for part in ("klhelpers", "notebooks", "tools"):
        shutil.copytree(ROOT / part, place / part, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for part in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / part, place / part)
