"""Every combination of answers, read from copier.yml: a new choice is tested by being there."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations as tuples_of
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from _pytest.mark import ParameterSet

ROOT = Path(__file__).parents[2]
QUESTIONS: dict[str, Any] = yaml.safe_load((ROOT / "copier.yml").read_text())
# The questions that choose code; the others only name things.
AXES = ("database", "concurrency", "auth", "example", "repository")
# In how many orders the combinations are looked at for a short list of them.
ORDERS = 40

# Some answers together.
Answers = frozenset[tuple[str, Any]]


@dataclass(frozen=True)
class Combination:
    """The answers that make one service."""

    database: str
    concurrency: str
    auth: str
    example: str
    repository: bool

    @property
    def has_users(self) -> bool:
        """Whether the service has users: with accounts, or in the shop."""
        return self.example != "none" or self.auth != "none"

    @property
    def weight(self) -> int:
        """How long it takes to test, roughly: a shop has about twice as many tests."""
        return 2 if self.example == "shop" else 1

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
        layer = "repository" if self.repository else "queries"
        return f"{self.dependency_set}-{self.example}-{layer}"


def choices(question: str) -> list[Any]:
    """Return the values that a question offers."""
    options = QUESTIONS[question].get("choices")
    if options is None:
        return [True, False]
    return list(options.values()) if isinstance(options, dict) else list(options)


def all_combinations() -> list[Combination]:
    """Return every combination."""
    return [Combination(*values) for values in product(*map(choices, AXES))]


def covering(combinations: list[Combination], strength: int = 2) -> list[Combination]:
    """Return few combinations that hold every tuple of `strength` answers, picked greedily."""
    tuples = {one: _tuples(one, strength) for one in combinations}
    missing = set().union(*tuples.values())
    covered: list[Combination] = []
    while missing:
        best = max(combinations, key=lambda one: len(missing & tuples[one]))
        covered.append(best)
        missing -= tuples[best]
    return covered


def light_covering(combinations: list[Combination], strength: int) -> list[Combination]:
    """Return the lightest of the coverings that are found in different orders.

    The orders are the same each time, and so is what is found.
    """
    orders = [Random(seed).sample(combinations, len(combinations)) for seed in range(ORDERS)]  # noqa: S311
    found = [without_needless(covering(order, strength), strength) for order in orders]
    return min(found, key=lambda covered: sum(one.weight for one in covered))


def without_needless(covered: list[Combination], strength: int) -> list[Combination]:
    """Leave out what the others hold together, the heaviest first: picked early, needed no more."""
    tuples = {one: _tuples(one, strength) for one in covered}
    for one in sorted(covered, key=lambda combination: -combination.weight):
        others = [other for other in covered if other != one]
        if tuples[one] <= set().union(*(tuples[other] for other in others)):
            covered = others
    return covered


def one_of_each(combinations: list[Combination], *names: str) -> list[Combination]:
    """Return a combination for each choice of some answers; the other answers take turns."""
    groups: dict[tuple[Any, ...], list[Combination]] = {}
    for one in combinations:
        groups.setdefault(tuple(one.answers[name] for name in names), []).append(one)
    return [group[turn % len(group)] for turn, group in enumerate(groups.values())]


def as_parameters(chosen: Iterable[Combination]) -> list[ParameterSet]:
    """Return combinations as parameters of a test: one worker gets all that share packages."""
    return [
        pytest.param(one, id=str(one), marks=pytest.mark.xdist_group(one.dependency_set))
        for one in chosen
    ]


def _tuples(combination: Combination, strength: int) -> set[Answers]:
    return {frozenset(chosen) for chosen in tuples_of(combination.answers.items(), strength)}


# The suites that are run: all as long as half an hour holds them; else so many that whatever three
# answers are chosen, one has them together.
AFFORDABLE = 30
SUITES = all_combinations()
if len(SUITES) > AFFORDABLE:
    SUITES = light_covering(SUITES, strength=3)
