"""What a file format is here: its name, what it has room for, and its writer."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from workbench.canonical import JsonObject
from workbench.datasets.formats.documents import Document, Labelled
from workbench.datasets.losses import Account
from workbench.labelling.frames import Attributes, ClaimFrame, StanceFrame

TEXT_WITHHELD = "text_withheld"
NO_PLACE = "no_place"
NO_ATTRIBUTE = "no_attribute"
REASONS = {
    TEXT_WITHHELD: "The format holds the text, and that of the article may not be passed on.",
    NO_PLACE: "The format has no place for any of the kind.",
    NO_ATTRIBUTE: "The format has a place for claim_type alone.",
}
LACKS = {
    "sentences": "How an answer was settled.",
    "claims": "Which values are a person's, and which a machine's.",
}


class Piece(NamedTuple):
    """Text to be put at the end of a file; ``path`` lies below the format's folder."""

    path: str
    text: str


@dataclass(frozen=True, eq=False)  # One head is one key, of what is made of it once.
class Head:
    """What is the same for all documents; ``values`` has the choices of each level's fields.

    ``scheme`` is the newest label scheme; ``values`` are those of older ones, too.
    """

    title: str
    language: str
    values: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    scheme: JsonObject | None = None


@dataclass(frozen=True)
class Books:
    """Keeps account of what one format has of the documents.

    A claim is written whole or not at all: what is lost of one is lost for one reason.
    """

    account: Account
    omits: frozenset[str]
    attributes: frozenset[str] | None
    head: Head

    def add_sentence(self, sentence: Labelled) -> None:
        """Count the decision on a sentence, and its attributes."""
        self._count("sentences", 1)
        self._count_attributes(sentence.attributes, "sentences")

    def lose_sentence(self, document: Document, sentence: Labelled, reason: str) -> None:
        """Name a decision on a sentence that the format has not."""
        name = document.sentence_name(sentence)
        self.account.lose("sentences", name, reason)
        self._lose_attributes(name, sentence.attributes, reason)

    def add_claim(self, claim: ClaimFrame) -> None:
        """Count a claim that the format has, with its parts, chain and attributes."""
        self._count("claims", 1)
        self._count("parts", len(claim.parts))
        self._count("attributions", len(claim.chain))
        self._count_attributes(claim.attributes, "claims")
        for link in claim.chain:
            self._count_attributes(link.attributes, "attributions")

    def lose_claim(
        self, document: Document, sentence: Labelled, claim: ClaimFrame, reason: str
    ) -> None:
        """Name a claim that the format has not, with all that it has."""
        name = document.claim_name(sentence, claim)
        self.account.lose("claims", name, reason)
        for number, _ in enumerate(claim.parts, start=1):
            self.account.lose("parts", f"{name}#{number}", reason)
        self._lose_attributes(name, claim.attributes, reason)
        for depth, link in enumerate(claim.chain):
            self.account.lose("attributions", f"{name}.{depth}", reason)
            self._lose_attributes(f"{name}.{depth}", link.attributes, reason)

    def add_stance(self, stance: StanceFrame) -> None:
        """Count a stance and its attributes."""
        self._count("stances", 1)
        self._count_attributes(stance.attributes, "stances")

    def lose_stance(
        self, document: Document, sentence: Labelled, position: int, reason: str
    ) -> None:
        """Name a stance that the format has not."""
        name = f"{document.sentence_name(sentence)}/{position}"
        self.account.lose("stances", name, reason)
        self._lose_attributes(name, sentence.stances[position - 1].attributes, reason)

    def lose_document(self, document: Document, reason: str) -> None:
        """Name an article of which the format has nothing."""
        for kind, count in document.things.items():
            self.account.lose_together(kind, count, reason, article=document.id)

    def _count(self, kind: str, count: int) -> None:
        if kind in self.omits:
            self.account.lose_together(kind, count, NO_PLACE)
        elif count:
            self.account.export(kind, count)

    def _count_attributes(self, said: Attributes, owner: str) -> None:
        if not said:
            return
        kept = 0
        if owner not in self.omits:
            known = self.attributes
            kept = len(said) if known is None else len(known.intersection(said))
        if kept:
            self.account.export("attributes", kept)
        if kept < len(said):
            self.account.lose_together("attributes", len(said) - kept, NO_ATTRIBUTE)

    def _lose_attributes(self, owner: str, said: Attributes, reason: str) -> None:
        for name in said:
            self.account.lose("attributes", f"{owner}:{name}", reason)


WriteDocument = Callable[[Document, Books], Iterable[Piece]]


def _nothing(_head: Head) -> Iterator[Piece]:
    return iter(())


@dataclass(frozen=True)
class Format:
    """A format that has articles with answers to their sentences.

    ``keeps`` says of each kind in which form the format has it; ``omits`` why it has none;
    ``reasons`` explains by their codes why single things are lost;
    ``attributes`` are those it has, all where it is ``None``. ``files`` says what is written,
    ``single`` is the name of the file where it is one.
    """

    name: str
    title: str
    files: str
    keeps: Mapping[str, str]
    omits: Mapping[str, str]
    reasons: Mapping[str, str]
    attributes: frozenset[str] | None
    needs_text: bool
    write: WriteDocument
    begin: Callable[[Head], Iterable[Piece]] = _nothing
    single: str | None = None

    def books(self, head: Head) -> Books:
        """Open the books for what is written in this format."""
        account = Account(self.name, {**REASONS, **self.reasons}, LACKS)
        return Books(account, frozenset(self.omits), self.attributes, head)
