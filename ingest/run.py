"""One run over the same inputs: taken up where an earlier one was cut short, and written down only if it does anything."""

from collections.abc import Sequence

from ingest.report import Report
from vectorstore.books import Books
from vectorstore.failpoints import failpoint


class Run:
    """`resumed` where the last run over these inputs was cut short; it keeps that run's number."""

    def __init__(self, books: Books, inputs: Sequence[str]) -> None:
        self._books, self._inputs = books, inputs
        self.number = books.unfinished_run(inputs)
        self.resumed = self.number is not None

    def begin(self) -> int:
        """The run's number; the first call writes it down."""
        if self.number is None:
            self.number = self._books.begin_run(self._inputs)
            failpoint("run.begun")
        return self.number

    def close(self, report: Report) -> None:
        """Write the run down as finished. Looking at what has not changed leaves no trace."""
        did = report.new or report.changed or report.withdrawn or self.resumed
        if did or set(report.quarantined) != set(self._books.set_aside_of(self._inputs)):
            failpoint("run.not-finished-yet")
            self._books.finish_run(self.begin(), self._inputs, report.quarantined)
            failpoint("run.finished")
