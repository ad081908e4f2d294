"""Where things lie in a data directory."""

from dataclasses import dataclass
from pathlib import Path

CHROMA_TIMEOUT = 2.0  # seconds


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of one data directory; with `chroma_url`, Chroma is a server, a question waits `chroma_timeout` seconds for it, and its
    folder is not used."""

    data_dir: Path
    chroma_url: str | None = None
    chroma_timeout: float = CHROMA_TIMEOUT

    @property
    def records(self) -> Path:
        return self.data_dir / "records.db"

    @property
    def chroma(self) -> Path:
        return self.data_dir / "indexes" / "chroma"

    @property
    def lexical(self) -> Path:
        return self.data_dir / "indexes" / "lexical"
