"""What a doctor finds, and the place that is looked at."""

import shlex
from dataclasses import dataclass
from typing import Literal

from assistant.settings import Settings
from vectorstore.layout import Layout

Level = Literal["wrong", "look"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A state that is not as it should be.

    `level` is "wrong" where something does not work, or may soon not, and "look" where a person should see it and all works.
    `name` is the state's, for programs; `what` explains it in a sentence or two; `mend` is the command that mends it.
    """

    level: Level
    name: str
    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class Place:
    """The data directory that is looked at, and in words who has its indexes and who writes its records; None where nobody else does."""

    settings: Settings
    owner: str | None = None
    writer: str | None = None

    @property
    def layout(self) -> Layout:
        """Where things lie."""
        return Layout(self.settings.data_dir, self.settings.chroma_url)

    def command(self, *words: str) -> str:
        """A command of ours for this data directory, as it is typed."""
        if self.settings.data_dir == Settings.model_fields["data_dir"].default:
            return shlex.join(["ontherecord", *words])
        return shlex.join(["ontherecord", *words, "--data-dir", str(self.settings.data_dir)])

    def searched(self) -> str:
        """The command that opens the records as their owner does: brings them to this program's schema, and builds the indexes."""
        return self.command("search", "anything", "--limit", "1")

    def restored(self) -> str:
        """The command that restores the newest backup."""
        return self.command("restore", "BACKUP.tar", "--force")


def megabytes(size: int) -> str:
    """Bytes as people read them."""
    return f"{size / 1e6:,.0f} MB"
