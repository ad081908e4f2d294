"""One run over the same inputs: taken up where an earlier one was cut short, and written down only if it does anything."""

from collections.abc import Sequence

from ingest.report import Report
from vectorstore.records import Records


class Run:
    """`resumed` where the last run over these inputs was cut short; it keeps that run's number."""

    def __init__(self, records: Records, inputs: Sequence[str]) -> None:
        self._records, self._inputs = records, inputs
        self.number = records.unfinished_run(inputs)
        self.resumed = self.number is not None

    def begin(self) -> int:
        """The run's number; the first call writes it down."""
        if self.number is None:
            self.number = self._records.begin_run(self._inputs)
        return self.number

    def close(self, report: Report) -> None:
        """Write the run down as finished. Looking at what has not changed leaves no trace."""
        did = report.new or report.changed or self.resumed
        if did or report.quarantined != self._records.last_quarantine():
            self._records.finish_run(self.begin(), report.quarantined)
