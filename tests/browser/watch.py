"""Looks over the browser's shoulder: nothing may be complained of, broken, or fetched from somebody else."""

from collections.abc import Iterable

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

OWN_WORDS = ("data:", "blob:", "about:", "chrome-error:")
OVERTAKEN = "net::ERR_ABORTED"
"""The visitor went on, or a download began, before the answer was there: no failure of the site."""

JUDGED_ELSEWHERE = ("Failed to load resource: the server responded", "htmx:afterRequest", "htmx:sendAbort")
"""An answer is judged by its number. htmx complains of each question that the next one overtook."""


class Watch:
    def __init__(self, context: BrowserContext, home: str, *, expected: Iterable[int] = (422,)) -> None:
        """`expected`: answers of 400 and above that belong to what is being tried out."""
        self.home, self.expected = home, set(expected)
        self.problems: list[str] = []
        context.on("console", self.on_console)
        context.on("weberror", self.on_error)
        context.on("request", self.on_request)
        context.on("requestfailed", self.on_failed)
        context.on("response", self.on_response)

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(JUDGED_ELSEWHERE):
            self.problems.append(f"console ({message.type}): {message.text}")

    def on_error(self, error: WebError) -> None:
        self.problems.append(f"script error: {error.error}")

    def on_request(self, request: Request) -> None:
        if not request.url.startswith((self.home + "/", *OWN_WORDS)):
            self.problems.append(f"external request: {request.url}")

    def on_failed(self, request: Request) -> None:
        if request.failure != OVERTAKEN:
            self.problems.append(f"failed request: {request.url} {request.failure}")

    def on_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.problems.append(f"answer {response.status}: {response.request.method} {response.url}")

    def take(self) -> list[str]:
        """The problems noted since the last time."""
        problems, self.problems = self.problems, []
        return problems
