"""Every combination of answers, read from copier.yml: a new choice is tested by being there."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations as tuples_of
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from _pytest.mark import ParameterSet

ROOT = Path(__file__).parent.parent
QUESTIONS: dict[str, Any] = yaml.safe_load((ROOT / "copier.yml").read_text())
# The questions that choose code; the others only name things.
AXES = ("database", "concurrency", "auth", "example", "repository")


@dataclass(frozen=True)
class Combination:
    """The answers that make one service."""

    database: str
    concurrency: str
    auth: str
    example: str
    repository: bool

    @property
    def has_domain(self) -> bool:
        """Whether there is anything a repository could hold."""
        return self.example != "none" or self.auth != "none"

    @property
    def answers(self) -> dict[str, Any]:
        """The answers as Copier takes them."""
        return {name: getattr(self, name) for name in AXES}

    @property
    def dependency_set(self) -> str:
        """What decides which packages the service needs."""
        return f"{self.database}-{self.concurrency}-{self.auth}"

    def __str__(self) -> str:
        """Name it in the output of tests."""
        layer = ("repository" if self.repository else "queries") if self.has_domain else "bare"
        return f"{self.dependency_set}-{self.example}-{layer}"


def choices(question: str) -> list[Any]:
    """Return the values that a question offers."""
    options = QUESTIONS[question].get("choices")
    if options is None:
        return [True, False]
    return list(options.values()) if isinstance(options, dict) else list(options)


def all_combinations() -> list[Combination]:
    """Return every combination; where the repository is not asked for, its default alone."""
    combinations = [Combination(*values) for values in product(*map(choices, AXES))]
    return [one for one in combinations if one.has_domain or one.repository]


def covering(combinations: list[Combination], strength: int = 2) -> list[Combination]:
    """Return few combinations that hold every tuple of `strength` answers, picked greedily."""
    missing = {chosen for one in combinations for chosen in _tuples(one, strength)}
    covered: list[Combination] = []
    while missing:
        best = max(combinations, key=lambda one: len(missing & _tuples(one, strength)))
        covered.append(best)
        missing -= _tuples(best, strength)
    return covered


def as_parameters(chosen: Iterable[Combination]) -> list[ParameterSet]:
    """Return combinations as parameters of a test: one worker gets all that share packages."""
    return [
        pytest.param(one, id=str(one), marks=pytest.mark.xdist_group(one.dependency_set))
        for one in chosen
    ]


def _tuples(combination: Combination, strength: int) -> set[frozenset[tuple[str, Any]]]:
    return {frozenset(chosen) for chosen in tuples_of(combination.answers.items(), strength)}
