"""What sets an application off: a request to it, or a command."""

import subprocess
from collections.abc import Sequence
from threading import Thread
from typing import Any, Final

import httpx

from sandbox.playback.exchanges import read_body
from sandbox.playback.language import merchant
from sandbox.playback.story import Deviation, Story

__all__ = ["Trigger"]

_EXCERPT: Final = 300  # characters of an answer


class Trigger:
    """Sets the application off, and keeps what it answered; it may take its time, for it may wait for the story.

    Args:
        allows_commands: Whether a story may run commands.
    """

    def __init__(self, story: Story, *, allows_commands: bool) -> None:
        self._story = story
        self._allows_commands = allows_commands
        self._running: subprocess.Popen[bytes] | None = None
        self._told: str | None = None  # of the last one, once it was answered
        self._failed = False

    def perform(self, step: merchant.Trigger) -> str:
        """Set the application off; return what happened, in a line."""
        self._told, self._failed = None, False
        if step.command is not None:
            return self._run(step.command)
        http = step.http
        if http is None:
            raise TypeError("a trigger is a request or a command")
        thread = Thread(target=self._send, args=(http, step.name), name="trigger", daemon=True)
        thread.start()
        if step.name is None:
            return f"{http.method} {http.url}"
        thread.join(self._story.time_left())
        self._story.time_left()
        self.make_sure_that_it_was_taken()
        return self.answered() or f"{http.method} {http.url}"

    def make_sure_that_it_was_taken(self) -> None:
        """Check that what was triggered did not fail, as far as is known by now.

        Raises:
            Deviation: it did.
        """
        if self._running is not None and self._running.poll() not in {None, 0}:
            self._told, self._failed = f"the command ended with {self._running.returncode}", True
        if self._failed:
            raise Deviation("the application is set off", str(self._told))

    def answered(self) -> str | None:
        """Return what the application answered, if it has."""
        return None if self._told is None else f"the trigger: {self._told}"

    def close(self) -> None:
        """End a command that still runs."""
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()
            self._running.wait()

    def _run(self, command: Sequence[str]) -> str:
        if not self._allows_commands:
            raise Deviation("a command that may run", "commands run only with --allow-commands")
        self.close()
        try:
            # What the file says is run because whoever plays it has allowed just that.
            self._running = subprocess.Popen(list(command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603
        except (OSError, ValueError) as error:
            raise Deviation("a command that can be run", f"{command[0]}: {error}") from error
        return f"runs {' '.join(command)}"

    def _send(self, http: merchant.HttpTrigger, name: str | None) -> None:
        line = f"{http.method} {http.url}"
        try:
            response = httpx.request(
                http.method,
                http.url,
                headers=http.headers,
                json=http.body,
                timeout=self._story.limit.total_seconds(),
                trust_env=False,
            )
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            self._told, self._failed = f"{line}: {error}", True
            return
        answer: Any = read_body(response.content)
        self._story.bind(name, answer)
        self._told = f"{line} answered {response.status_code}: {response.text[:_EXCERPT]}"
        self._failed = response.is_error
