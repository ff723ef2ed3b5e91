"""What core raises. Each carries a sentence for the person who caused it."""


class DomainError(Exception):
    """A rule was broken; the text says what to do. `field` names the form field it belongs to, if any."""

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class NotFound(DomainError):
    """There is no such thing, or not for this person. `heading` replaces the usual one of the page."""

    def __init__(self, sentence: str = "We cannot find that.", *, heading: str | None = None) -> None:
        super().__init__(sentence)
        self.heading = heading


class Gone(NotFound):
    """It was here and was withdrawn."""


class Refused(DomainError):
    """The person may not do this now."""
