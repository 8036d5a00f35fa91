"""Every error raised on purpose: what a person did, said in one sentence that names the remedy."""

from workbench.canonical import JsonObject
from workbench.messages import Message


class WorkbenchError(Exception):
    """An expected failure; its message is one sentence fit to be shown to the person.

    Values given by name are put in the message's ``%(name)s`` places; so the pages can look the
    message up in another language and fill in the same values. ``extra`` is what a program gets
    beside the sentence, such as the newest revision.
    """

    code = "error"
    status = 500
    exit_code = 1

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message = message
        self.values = values
        self.extra: JsonObject = {}

    @property
    def sentence(self) -> Message:
        """The sentence, to be kept and said later in any language."""
        return Message(self.message, **self.values)


class InvalidInputError(WorkbenchError):
    """What was given is not acceptable; nothing was changed."""

    code = "invalid_input"
    status = 422
    exit_code = 2


class UnreadableFileError(InvalidInputError):
    """A file's bytes cannot be taken as what its name promises."""

    code = "unreadable_file"
    status = 400


class NotFoundError(WorkbenchError):
    """The thing does not exist, or the person may not know that it does."""

    code = "not_found"
    status = 404
    exit_code = 2


class GoneError(NotFoundError):
    """The thing was taken back for a reason that is said."""

    code = "gone"
    status = 410


class ForbiddenError(WorkbenchError):
    """The person is known but may not do this."""

    code = "forbidden"
    status = 403
    exit_code = 2


class ConflictError(WorkbenchError):
    """The same thing was already made, with other content."""

    code = "conflict"
    status = 409
    exit_code = 1


class StaleRevisionError(WorkbenchError):
    """The answer rests on a revision that is no longer the newest."""

    code = "stale_revision"
    status = 412
    exit_code = 1


class TooManyAttemptsError(WorkbenchError):
    """Asked too often; wait and try again."""

    code = "too_many_attempts"
    status = 429
    exit_code = 1


class UnavailableError(WorkbenchError):
    """The database cannot be reached or written to just now."""

    code = "unavailable"
    status = 503
    exit_code = 1


class FetchError(WorkbenchError):
    """Another site did not give what was asked of it; nothing was changed."""

    code = "fetch_failed"
    status = 502
    exit_code = 1


class PageGoneError(FetchError):
    """Another site says that it has the page no more, or is itself no more."""

    code = "page_gone"
