"""Progress bars for long work, on standard error and only where someone is looking."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class Bars:
    """Shows how an ingest goes on: items read, paragraphs embedded, indexes caught up."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def found(self, items: int) -> None:
        task = self._task("reading")
        self._progress.update(task, total=(self._progress.tasks[task].total or 0) + items)

    def read(self, items: int) -> None:
        self._advance("reading", items)

    def waiting(self, paragraphs: int) -> None:
        task = self._task("embedding")
        self._progress.update(task, total=(self._progress.tasks[task].total or 0) + paragraphs)

    def embedded(self, texts: int) -> None:
        self._advance("embedding", texts)

    def indexed(self, index: str, done: int) -> None:
        self._advance(index, done)

    def _task(self, name: str) -> TaskID:
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=None)
        return self._tasks[name]

    def _advance(self, name: str, by: int) -> None:
        self._progress.advance(self._task(name), by)
