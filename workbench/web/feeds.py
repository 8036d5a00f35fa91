"""Atom feeds of what a desk publishes; the one door to the library that writes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from feedgenerator import Atom1Feed

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
MIMETYPE = "application/atom+xml"


@dataclass(frozen=True)
class Entry:
    """One entry of a feed; ``summary`` is plain text, ``id`` an address that never changes."""

    id: str
    url: str
    title: str
    summary: str
    published: datetime
    updated: datetime


class _Feed(Atom1Feed):  # type: ignore[misc]  # the library has no types
    def latest_post_date(self) -> datetime:
        """Say when the newest entry changed; an empty feed is the same at every moment."""
        return max((item["updateddate"] for item in self.items), default=NEVER)


def write_feed(
    entries: Sequence[Entry], *, title: str, url: str, feed_url: str, author: str, language: str
) -> str:
    """Return an Atom feed of these entries, in their order."""
    feed = _Feed(
        title=_clean(title),
        link=url,
        description=None,
        language=language,
        author_name=_clean(author),
        feed_url=feed_url,
        feed_guid=feed_url,
    )
    for one in entries:
        feed.add_item(
            title=_clean(one.title),
            link=one.url,
            description=escape(_clean(one.summary)),  # a reader takes it for HTML
            pubdate=one.published,
            updateddate=one.updated,
            unique_id=one.id,
        )
    return str(feed.writeString("utf-8"))


def _clean(text: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(
        one for one in text if one in "\t\n" or (one >= " " and one not in "\ufffe\uffff")
    )
