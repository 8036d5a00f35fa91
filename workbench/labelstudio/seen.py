"""Tells an annotation that need not be read again.

Reading one, and merging it with what is here, follows from what it says, the base, the newest
answer here, and what answers are read by. Where both sides came to say the same, a hash of all that
is kept beside the base, and dropped with it. As long as it is the same, so is what comes of it:
nothing.
"""

import hashlib

from sqlalchemy.orm import Session

from workbench.canonical import Json, canonical_line
from workbench.labelstudio.client import RemoteAnnotation
from workbench.labelstudio.exchange import Exchange
from workbench.labelstudio.ledger import Mark
from workbench.labelstudio.local import Edition


def reads_whole(exchange: Exchange, annotation: RemoteAnnotation) -> bool:
    """Tell whether what an annotation says nothing of was read by whoever submitted it.

    What we wrote was submitted by nobody; what was left out of it was not read either. It may have
    been written as somebody else, with an earlier token.
    """
    is_own = annotation.changed_by in {annotation.person} - {None, exchange.server.me.id}
    return exchange.terms.submitted_means_read and (annotation.number is None or is_own)


def hash_seen(
    exchange: Exchange,
    session: Session,
    edition: Edition,
    annotation: RemoteAnnotation,
    *,
    newest: int,
) -> str | None:
    """Return a hash of all that the reading of an annotation follows from, the base excepted.

    ``newest`` is the person's newest revision here.
    """
    is_whole = reads_whole(exchange, annotation)
    looked_at: list[Json] = [
        {**exchange.read_by},
        newest,
        [*sorted(exchange.local.asked(session, edition))] if is_whole else None,
        annotation.number,
        annotation.person,
        annotation.changed_by,
        annotation.is_ground_truth,
        annotation.result,
    ]
    try:
        return hashlib.sha256(canonical_line({"looked_at": looked_at})).hexdigest()
    except TypeError:  # Half a character, which the server keeps and UTF-8 does not.
        return None


def is_seen(
    exchange: Exchange,
    session: Session,
    edition: Edition,
    annotation: RemoteAnnotation | None,
    mark: Mark | None,
    *,
    newest: int,
) -> bool:
    """Tell whether a person's annotation is as it was when both sides said the same."""
    if mark is None or annotation is None or mark.seen_sha is None:
        return False
    if mark.remote_id not in {None, annotation.id}:
        return False
    return mark.seen_sha == hash_seen(exchange, session, edition, annotation, newest=newest)
