"""The books of a run: found = new + changed + unchanged + duplicates + withdrawn + quarantined."""

from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(slots=True)
class Report:
    """What became of everything that was found. `quarantined` is (item, reason).

    A duplicate is a page with a release that is known from another page; `withdrawn` are releases whose page is gone. `flags` says
    what is odd about a source, by its name.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicates: int = 0
    withdrawn: int = 0
    quarantined: list[tuple[str, str]] = field(default_factory=list)
    found: int = 0
    embedded: int = 0
    resumed: bool = False
    flags: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def add(self, outcome: str) -> None:
        """Count a release as `new`, `changed`, `unchanged`, `duplicates` or `withdrawn`."""
        setattr(self, outcome, getattr(self, outcome) + 1)

    def balances(self) -> bool:
        """Whether every item that was found is accounted for once."""
        counted = self.new + self.changed + self.unchanged + self.duplicates + self.withdrawn
        return self.found == counted + len(self.quarantined)

    def __add__(self, other: "Report") -> "Report":
        """The books of both."""
        return Report(**{one.name: _joined(getattr(self, one.name), getattr(other, one.name)) for one in fields(self)})


def _joined(one: Any, other: Any) -> Any:
    return one | other if isinstance(one, dict | bool) else one + other
