"""The books of a run: found = new + changed + unchanged + quarantined."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Report:
    """What became of everything that was found. `quarantined` is (item, reason)."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    quarantined: list[tuple[str, str]] = field(default_factory=list)
    found: int = 0
    embedded: int = 0
    resumed: bool = False
    seconds: float = 0.0

    def add(self, outcome: str) -> None:
        """Count a release as `new`, `changed` or `unchanged`."""
        setattr(self, outcome, getattr(self, outcome) + 1)

    def balances(self) -> bool:
        """Whether every item that was found is accounted for once."""
        return self.found == self.new + self.changed + self.unchanged + len(self.quarantined)
