"""Statements with their verdicts and evidence, as values: what the formats of fact-checks have."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from workbench.canonical import Json, JsonObject
from workbench.datasets.formats.documents import Document
from workbench.datasets.formats.format import NO_PLACE
from workbench.datasets.losses import Account
from workbench.labelling.frames import AUTHOR, UNSPECIFIED

NO_VERDICT, EARLIER, OTHER_VERDICT = "no_verdict", "earlier", "other_verdict"
REASONS = {
    NO_VERDICT: "The statement has no verdict.",
    EARLIER: "The format has one verdict of a statement, and this is an earlier one.",
    OTHER_VERDICT: "The verdict that stands does not rest on it.",
    NO_PLACE: "The format has no place for any of the kind.",
}


@dataclass(frozen=True)
class Check:
    """A statement with its verdicts and the evidence for them, as the snapshot's lines have them.

    ``speaker`` says what the featured appearance has, ``url`` and ``published`` are of its article.
    """

    statement: JsonObject
    verdicts: tuple[JsonObject, ...]
    evidence: tuple[JsonObject, ...]
    speaker: str | None = None
    url: str | None = None
    published: str | None = None

    @property
    def id(self) -> str:
        """The statement's public id."""
        return cast(str, self.statement["id"])

    @property
    def verdict(self) -> JsonObject | None:
        """The verdict that stands."""
        return next((one for one in self.verdicts if one["is_current"]), None)

    @property
    def frozen(self) -> list[JsonObject]:
        """The evidence that the verdict rests on."""
        ids = set(cast("list[str]", self.verdict["evidence"])) if self.verdict else set()
        return [one for one in self.evidence if one["id"] in ids]


@dataclass(frozen=True)
class CheckFormat:
    """A format that has statements with their verdicts and evidence; a value as ``Format`` is."""

    name: str
    title: str
    files: str
    keeps: Mapping[str, str]
    omits: Mapping[str, str]
    reasons: Mapping[str, str]
    single: str
    write: Callable[[Sequence[Check], Account], Iterable[str]]

    def open_account(self) -> Account:
        """Open the account of what is written in this format."""
        return Account(self.name, {**REASONS, **self.reasons})


class FeaturedClaims:
    """Remembers of the claims that statements feature who says them and where.

    Small beside the articles, which pass one at a time.
    """

    def __init__(self, statements: Iterable[JsonObject]) -> None:
        self._wanted: dict[str, list[str]] = {}
        self._found: dict[str, tuple[str | None, str | None, str | None]] = {}
        for statement in statements:
            shown = _objects(statement["appearances"])
            chosen = next((one for one in shown if one["featured"]), shown[0] if shown else None)
            if chosen:
                name = cast(str, statement["id"])
                self._wanted.setdefault(cast(str, chosen["claim"]), []).append(name)

    def look_in(self, document: Document) -> None:
        """Remember what an article has of the claims that are wanted."""
        for sentence in document.sentences:
            for claim in sentence.claims:
                for statement in self._wanted.get(claim.id, ()):
                    speaker = claim.chain[-1].speaker if claim.chain else UNSPECIFIED
                    name = document.author if speaker == AUTHOR else document.names.get(speaker)
                    self._found[statement] = (name, document.url, document.published)

    def add_to(self, check: Check) -> Check:
        """Return the check with who says it and where."""
        speaker, url, published = self._found.get(check.id, (None, None, None))
        return replace(check, speaker=speaker, url=url, published=published)


def read_checks(
    statements: Iterable[JsonObject], verdicts: Iterable[JsonObject], evidence: Iterable[JsonObject]
) -> list[Check]:
    """Join statements with their verdicts and evidence."""
    judged, proven = _by_statement(verdicts), _by_statement(evidence)
    return [
        Check(one, tuple(judged.get(name, ())), tuple(proven.get(name, ())))
        for one in statements
        for name in (cast(str, one["id"]),)
    ]


def standing_verdict(check: Check, account: Account) -> JsonObject | None:
    """Return the verdict that stands and count what no format has: what is not of it."""
    verdict = check.verdict
    if verdict is None:
        lose_check(check, account, NO_VERDICT)
        return None
    for one in check.verdicts:
        if one is not verdict:
            account.lose("verdicts", cast(str, one["id"]), EARLIER)
    frozen = {id(one) for one in check.frozen}
    for one in check.evidence:
        if id(one) not in frozen:
            account.lose("evidence", cast(str, one["id"]), OTHER_VERDICT)
    return verdict


def keep_check(account: Account) -> None:
    """Count a statement with the verdict that stands."""
    account.export("statements")
    account.export("verdicts")


def lose_check(check: Check, account: Account, reason: str) -> None:
    """Name a statement of which the format has nothing, with its verdicts and evidence."""
    account.lose("statements", check.id, reason)
    for kind, lines in (("verdicts", check.verdicts), ("evidence", check.evidence)):
        for one in lines:
            account.lose(kind, cast(str, one["id"]), reason)


def _by_statement(lines: Iterable[JsonObject]) -> dict[str, list[JsonObject]]:
    found: dict[str, list[JsonObject]] = {}
    for line in lines:
        found.setdefault(cast(str, line["statement"]), []).append(line)
    return found


def _objects(value: Json) -> list[JsonObject]:
    return cast("list[JsonObject]", value or [])
