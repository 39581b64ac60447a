"""What became of each fault, kept in a file of JSON lines, and summed up."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from tools.mutate.faults import Fault, Key

CAUGHT, TIMED_OUT, SURVIVED = "caught", "timed out", "survived"
LEAST_CAUGHT = 0.97


class Result(NamedTuple):
    """What became of a fault, with all that this depends on."""

    key: Key
    code_hash: str
    verdict: str
    by: str  # the test that caught it, or that ran when the time was up
    tests_hash: str  # of tests that it survived

    def holds(self, fault: Fault, tests_hash: str) -> bool:
        """Whether it need not be tried again: the code is the same, and a survivor meets no other tests."""
        same_code = self.code_hash == fault.code_hash
        return same_code and (self.verdict != SURVIVED or self.tests_hash == tests_hash)


def load(path: Path) -> dict[Key, Result]:
    """The last result of each fault."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    results = [Result(Key(*key), *rest) for key, *rest in map(json.loads, lines)]
    return {result.key: result for result in results}


def store(path: Path, result: Result) -> None:
    """Add a line."""
    with path.open("a", encoding="utf-8") as file:
        print(json.dumps(result, ensure_ascii=False), file=file)


def equivalents(path: Path) -> dict[Key, str]:
    """The faults that no test can tell from the original, and why."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))
    found: dict[Key, str] = {}
    for entry in entries.get("equivalent", []):
        if not entry["reason"].strip():
            raise ValueError(f"{path.name} must give a reason for each fault, but gives none for {entry}")
        for fault in entry["faults"]:
            name, _, nth = fault.partition(" #")
            found[Key(entry["at"], entry["code"], name, int(nth or 1))] = entry["reason"]
    return found


class Summary(NamedTuple):
    """The faults by what became of them; `stale` are entries of the list that name no survivor."""

    results: list[Result]
    unexplained: list[Result]
    explained: list[Result]
    stale: list[Key]

    @property
    def share_caught(self) -> float:
        """The share of all faults, the equivalent ones among them."""
        return 1 - (len(self.unexplained) + len(self.explained)) / max(1, len(self.results))

    @property
    def is_good(self) -> bool:
        """Whether enough is caught, and the rest explained by a list that is up to date."""
        return self.share_caught >= LEAST_CAUGHT and not self.unexplained and not self.stale


def summary(results: Iterable[Result], reasons: Mapping[Key, str], modules: Iterable[str]) -> Summary:
    """Sort the results of these modules."""
    results, modules = list(results), set(modules)
    survivors = [result for result in results if result.verdict == SURVIVED]
    names = {result.key for result in survivors}
    return Summary(
        results,
        [result for result in survivors if result.key not in reasons],
        [result for result in survivors if result.key in reasons],
        [key for key in reasons if key.at.split(".")[0] in modules and key not in names],
    )


def lines(of: Summary) -> Iterator[str]:
    """The summary as text."""
    late = sum(result.verdict == TIMED_OUT for result in of.results)
    catchable = max(1, len(of.results) - len(of.explained))
    yield (
        f"{of.share_caught:.1%} of {len(of.results)} faults caught ({late} of them by taking too long),"
        f" {len(of.explained)} equivalent, {len(of.unexplained)} survived:"
        f" {1 - len(of.unexplained) / catchable:.1%} of those that can be caught"
    )
    if of.share_caught < LEAST_CAUGHT:
        yield f"fewer than {LEAST_CAUGHT:.0%} are caught"
    yield from (f"listed as equivalent, but caught or gone: {key}" for key in of.stale)
    yield from _entries(result.key for result in of.unexplained)


def _entries(survivors: Iterable[Key]) -> Iterator[str]:
    """Survivors as entries of the list of equivalents, but for the reason."""
    for (at, code), keys in groupby(survivors, key=lambda key: (key.at, key.code)):
        names = [key.fault + (f" #{key.nth}" if key.nth > 1 else "") for key in keys]
        fields = {"at": at, "code": code, "faults": names, "reason": ""}
        yield from ("", "[[equivalent]]")
        yield from (f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items())
