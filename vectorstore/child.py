"""A child process that ends with its parent, however that ends: the parent holds one end of a pipe, and the child leaves once it is closed."""

import os
import subprocess
import sys
import threading


class Child:
    """`python -m MODULE WORDS …`, which calls `end_with_parent` first and prints one text."""

    def __init__(self, module: str, *words: str) -> None:
        end, self._ours = os.pipe()  # which the system closes with us
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *words],
                stdin=end,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        except BaseException:
            os.close(self._ours)
            raise
        finally:
            os.close(end)

    def result(self, seconds: float | None = None) -> tuple[int, str]:
        """Its exit status (a signal's number, negative) and what it printed, once it has ended. To be asked once.

        Raises:
            TimeoutError: it had not ended after so many seconds, and was killed.
        """
        try:
            output, _ = self._process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
            raise TimeoutError from None
        finally:
            os.close(self._ours)
        return self._process.returncode, output

    def stop(self) -> None:
        """It does nothing more when this returns."""
        self._process.kill()
        self._process.wait()


def end_with_parent() -> None:
    """For the child: leave when the parent has left. When its own work is done it has to call `os._exit`: a thread that waits for the parent would hold up the end."""
    threading.Thread(target=_wait_for_the_end, daemon=True).start()


def _wait_for_the_end() -> None:
    sys.stdin.read()
    os._exit(1)
