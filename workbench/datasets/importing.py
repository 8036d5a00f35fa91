"""Bring answers in from files of other programs, or from our own records.

What a file says is held against the project's texts, scheme and registers, and saved by the same
operations as anybody's answers, with the cause "import". Nothing is guessed: what does not fit is
named with its place, and a sentence of which a file says nothing stays unread.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import NoReturn

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.accounts.operations import record_event
from workbench.accounts.tables import User
from workbench.canonical import Json, JsonObject
from workbench.corpus.queries import SentenceInZone, newest_edition, read_sentences
from workbench.corpus.tables import Article, TextEdition
from workbench.datasets.formats.conll import CLAIM
from workbench.datasets.formats.reading import (
    FoundClaim,
    FoundDecision,
    FoundDocument,
    FoundStance,
    Refusal,
    SourceFile,
    Stamp,
)
from workbench.errors import InvalidInputError, NotFoundError, WorkbenchError
from workbench.labelling.answers import answerer_of, load_answers
from workbench.labelling.assigning import name_annotators
from workbench.labelling.checking import check_annotation
from workbench.labelling.frames import (
    Answer,
    ClaimFrame,
    Decision,
    SentenceId,
    Span,
    answer_json,
    canonical_frame,
)
from workbench.labelling.operations import start_assignment, submit_annotation
from workbench.labelling.origins import Suggested, claim_origins
from workbench.labelling.parsing import BROWSER_ID
from workbench.labelling.registers import Registers, load_registers, register_number
from workbench.labelling.rules import CONTINUES, UNREAD
from workbench.labelling.suggesting import read_suggested
from workbench.labelling.tables import AnnotationRevision, Assignment, Claim
from workbench.projects.queries import newest_guideline, newest_scheme
from workbench.projects.rules import Role
from workbench.projects.scheme import Field, parse_scheme
from workbench.projects.tables import Membership
from workbench.storage.base import make_public_id

Reader = Callable[[SourceFile], Iterator[FoundDocument]]

UNSAID = frozenset({CONTINUES, UNREAD, "unsettled"})  # words that are no decision of anybody's
_CLAIM_TYPE = "claim_type"


class UnfitFileError(InvalidInputError):
    """A file has things that do not fit the project; nothing of it was taken."""

    code = "unfit_file"

    def __init__(self, file: str, unfit: Sequence[Refusal]) -> None:
        """Name all of them."""
        super().__init__(
            "%(file)s does not fit in %(count)s places, so nothing of it was taken.",
            file=file,
            count=len(unfit),
        )
        self.unfit = tuple(unfit)
        self.extra = {"unfit": [{"place": one.place, "reason": one.reason} for one in unfit]}


@dataclass(frozen=True)
class Annotators:
    """Whose answers a file's are: by what the file calls them, or all one person's.

    Values are public ids of users; what the files call people who are not in ``by_name`` is
    remembered, since all of one person's answers have one name.
    """

    by_name: Mapping[str, str] = field(default_factory=dict)
    everybody: str | None = None
    unnamed: set[str | None] = field(default_factory=set)

    def find(self, name: str | None) -> str | None:
        """Return the user whose answers these are, if anybody's."""
        return self.by_name.get(name or "", self.everybody)


@dataclass
class Imported:
    """What became of a file: how much was new, what was there already, what does not fit."""

    file: str
    answers: int = 0
    claims: int = 0
    stances: int = 0
    repeated: int = 0
    unfit: list[Refusal] = field(default_factory=list)


def find_annotator(session: Session, *, project_id: int, email: str) -> str:
    """Return the public id of an annotator of the project by the e-mail address."""
    found = session.scalar(
        select(User.public_id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.project_id == project_id,
            Membership.role == Role.ANNOTATOR,
            Membership.ended_at.is_(None),
            User.email == email.strip().casefold(),
        )
    )
    if found is None:
        raise NotFoundError(
            "%(email)s is no annotator of this project: add them with `workbench project"
            " add-member` first.",
            email=email[:80],
        )
    return found


def import_answers(
    session: Session,
    *,
    project_id: int,
    file: SourceFile,
    read: Reader,
    annotators: Annotators,
    labels: Mapping[str, str | None],
    skip_unfit: bool,
    now: datetime,
) -> Imported:
    """Save what a file says as its annotators' answers; ``UnfitFileError`` names what does not fit.

    An answer that is there already counts as repeated; one that differs from it does not fit.
    ``labels`` gives the claim type of a word of the file, or ``None`` for one to be left out.
    With ``skip_unfit`` the rest is taken.
    """
    importer = _Importer(session, project_id, annotators, labels, now)
    done = Imported(file.name)
    for document in read(file):
        done.unfit += document.unfit
        try:
            importer.take(document, done)
        except _UnfitDocumentError as error:
            done.unfit.append(Refusal(document.place, str(error)))
    if done.unfit and not skip_unfit:
        raise UnfitFileError(file.name, done.unfit)
    if done.answers:
        record_event(
            session,
            "import_annotations",
            f"project {project_id}",
            project_id=project_id,
            by=None,
            now=now,
            details={"answers": done.answers, "claims": done.claims, "stances": done.stances},
        )
    return done


class _UnfitDocumentError(ValueError):
    """Nothing of an article of a file can be taken."""


def _refuse_document(reason: str) -> NoReturn:
    raise _UnfitDocumentError(reason)


@dataclass(frozen=True)
class _Edition:
    """A text of the project that answers are for."""

    article: Article
    row: TextEdition
    sentences: Sequence[SentenceInZone]

    @property
    def starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    def sentence_at(self, offset: int) -> SentenceInZone | None:
        at = bisect_right(self.starts, offset) - 1
        found = self.sentences[at] if at >= 0 else None
        return found if found and offset < found.end else None

    def sentence_id(self, sentence: SentenceInZone) -> SentenceId:
        return SentenceId(self.article.public_id, self.row.number, sentence.position)


@dataclass
class _Draft:
    """What a file says of one sentence."""

    sentence: SentenceInZone
    place: str
    decision: FoundDecision | None = None
    claims: list[FoundClaim] = field(default_factory=list)
    stances: list[FoundStance] = field(default_factory=list)
    is_spoilt: bool = False


class _Drafts:
    """Sorts what a file says by the sentences that it is said of."""

    def __init__(self, edition: _Edition, done: Imported, is_of_text: bool) -> None:
        self._edition, self._done, self._is_of_text = edition, done, is_of_text
        self._drafts: dict[int, _Draft] = {}

    def add_claim(self, found: FoundClaim) -> None:
        """Put a claim to the sentence in which it starts."""
        draft = self._draft_at(found.claim.parts[0].start, found.place)
        if draft:
            draft.claims.append(found)
            self._check(draft, found.place, _spans(found.claim))

    def add_stance(self, found: FoundStance) -> None:
        """Put a stance to its sentence."""
        draft = self._draft_at(found.at, found.place)
        if draft:
            draft.stances.append(found)
            span = found.stance.target_span
            self._check(draft, found.place, [span] if span else [])

    def add_decision(self, found: FoundDecision) -> None:
        """Put a decision to the sentence whose range it has."""
        draft = self._draft_at(found.start, found.place)
        if draft is None:
            return
        sentence = draft.sentence
        if (sentence.start, sentence.end) != (found.start, found.end) or draft.decision:
            self._spoil(draft, found.place, "is said of no sentence of the text, or of one twice")
        elif found.text:
            self._check(draft, found.place, [Span(found.start, found.end, found.text)])
        draft.decision, draft.place = found, found.place

    def in_order(self) -> list[_Draft]:
        """Return the sentences of which something is said, in the order of the text."""
        return [self._drafts[position] for position in sorted(self._drafts)]

    def _draft_at(self, offset: int, place: str) -> _Draft | None:
        sentence = self._edition.sentence_at(offset)
        if sentence is None:
            self._done.unfit.append(Refusal(place, f"starts at {offset}, where no sentence is"))
            return None
        return self._drafts.setdefault(sentence.position, _Draft(sentence, place))

    def _check(self, draft: _Draft, place: str, spans: Iterable[Span]) -> None:
        text = self._edition.row.text
        for span in spans:
            if not 0 <= span.start < span.end <= len(text):
                wrong = f"goes from {span.start} to {span.end}, which is no range of the text"
                self._spoil(draft, place, wrong)
            elif span.text and text[span.start : span.end] != span.text:
                wrong = f"quotes “{span.text[:40]}”, which does not stand there"
                self._spoil(draft, place, wrong)
            elif not span.text and not self._is_of_text:
                wrong = "has neither a quote nor the SHA-256 of its text to be checked by"
                self._spoil(draft, place, wrong)

    def _spoil(self, draft: _Draft, place: str, wrong: str) -> None:
        self._done.unfit.append(Refusal(place, wrong))
        draft.is_spoilt = True


class _Importer:
    """Takes the articles of one file, one after the other."""

    def __init__(
        self,
        session: Session,
        project_id: int,
        annotators: Annotators,
        labels: Mapping[str, str | None],
        now: datetime,
    ) -> None:
        self._session, self._project_id, self._now = session, project_id, now
        self._annotators = annotators
        scheme_row = newest_scheme(session, project_id=project_id)
        scheme = parse_scheme(scheme_row.document)
        self._zones = {zone.name for zone in scheme.zones.values() if not zone.annotatable}
        self._labels = {**_known_labels(scheme.fields.get(_CLAIM_TYPE)), **labels}
        self._stamps: JsonObject = {
            "scheme": scheme_row.number,
            "guideline": newest_guideline(session, project_id=project_id).number,
            "registers": register_number(session, project_id=project_id),
            "elapsed_ms": 0,
        }
        self._registers: Registers = load_registers(session, project_id=project_id)
        self._known_names = {
            entry.id: frozenset(name.casefold() for name in (entry.name, *entry.aliases))
            for entry in self._registers.speakers
        }

    def take(self, document: FoundDocument, done: Imported) -> None:
        """Save what fits of an article, and name what does not."""
        if not (document.decisions or document.claims or document.stances):
            return
        user = self._find_user(document)
        edition = self._find_edition(document)
        drafts = self._sort(document, edition, done)
        answers = self._answers(drafts, edition, done)
        if answers:
            self._save(user, edition, answers, done)

    def _find_user(self, document: FoundDocument) -> tuple[int, int, str]:
        """Return user, membership and the user's public id."""
        public_id = self._annotators.find(document.annotator)
        if public_id is None:
            _refuse_document(
                f"has answers of {(document.annotator or 'nobody')[:40]}: say whose they are by"
                " --annotator NAME=EMAIL"
            )
        if document.annotator not in self._annotators.by_name:
            unnamed = self._annotators.unnamed
            unnamed.add(document.annotator)
            if len(unnamed) > 1:
                _refuse_document(
                    "has answers of several people: say whose each are by --annotator NAME=EMAIL"
                )
        row = self._session.execute(
            select(User.id, Membership.id)
            .join(Membership, Membership.user_id == User.id)
            .where(
                User.public_id == public_id,
                Membership.project_id == self._project_id,
                Membership.role == Role.ANNOTATOR,
            )
        ).one()
        return row[0], row[1], public_id

    def _find_edition(self, document: FoundDocument) -> _Edition:
        """Return the text that is the document's, else the newest of the article it names."""
        hashes = {
            found
            for found in (
                document.sha256,
                _hash(document.text) if document.text is not None else None,
            )
            if found
        }
        if len(hashes) > 1:
            _refuse_document("has another text than the SHA-256 that it names")
        same = self._session.execute(
            select(Article, TextEdition)
            .join(TextEdition, TextEdition.article_id == Article.id)
            .where(Article.project_id == self._project_id, TextEdition.sha256.in_(hashes))
            .order_by(TextEdition.number.desc())
        ).all()
        named = self._find_named(document.name)
        articles = {article.id for article, _ in same}
        if len(articles) > 1:
            same = [row for row in same if [row[0].id] == [one.id for one in named]]
        if same:
            article, row = same[0]
        elif articles:
            _refuse_document(f"has a text that {len(articles)} articles have")
        elif len(named) == 1 and (document.text is not None or not document.sha256):
            (article,) = named
            row = newest_edition(self._session, project_id=self._project_id, article_id=article.id)
        else:
            _refuse_document("has a text that no article of the project has")
        sentences = read_sentences(self._session, project_id=self._project_id, edition_id=row.id)
        return _Edition(article, row, sentences)

    def _find_named(self, name: str | None) -> list[Article]:
        if not name:
            return []
        of_project = select(Article).where(Article.project_id == self._project_id)
        by_slug = self._session.scalars(of_project.where(Article.slug == name[:64])).all()
        if by_slug and len(name) <= 64:  # noqa: PLR2004  # a slug's longest
            return [*by_slug]
        named = self._session.scalars(
            of_project.where((Article.title == name) | (Article.url == name)).limit(2)
        )
        return [*named]

    def _sort(self, document: FoundDocument, edition: _Edition, done: Imported) -> list[_Draft]:
        """Return what is said of each sentence; what does not fit spoils its sentence."""
        is_of_text = document.sha256 is not None or document.text is not None
        drafts = _Drafts(edition, done, is_of_text)
        labelled = [one for claim in document.claims if (one := self._label(claim, done))]
        for claim in _with_one_label(labelled, done):
            drafts.add_claim(claim)
        for stance in document.stances:
            drafts.add_stance(stance)
        for decision in document.decisions:
            if decision.decision not in UNSAID or decision.stamp:
                drafts.add_decision(decision)
        return drafts.in_order()

    def _label(self, found: FoundClaim, done: Imported) -> FoundClaim | None:
        """Return the claim with the type that its label means; nothing if there is none."""
        if found.label is None:
            return found
        label = found.label if found.label in self._labels else found.label.casefold()
        if label not in self._labels:
            wrong = f"has the label “{found.label[:40]}”, which is no claim type: give it by --map"
            done.unfit.append(Refusal(found.place, wrong))
            return None
        claim_type = self._labels[label]
        if claim_type is None:
            return None  # To be left out.
        said = {_CLAIM_TYPE: claim_type} if claim_type else {}
        claim = replace(found.claim, attributes={**found.claim.attributes, **said})
        return replace(found, claim=claim)

    def _answers(
        self, drafts: Sequence[_Draft], edition: _Edition, done: Imported
    ) -> list[tuple[_Draft, Answer, Stamp | None]]:
        """Return the answers that are new in form, each still to be checked by labelling."""
        answers = []
        taken = self._taken_ids(drafts)
        suggestions = self._suggestions(drafts, edition)
        for draft in drafts:
            if draft.is_spoilt or self._is_outside(draft):
                continue
            decision, problem = _decide(draft)
            if decision is None:
                if problem:
                    done.unfit.append(Refusal(draft.place, problem))
                continue
            said = draft.decision
            stamp = said.stamp if said else None
            keeps_id = stamp is not None and BROWSER_ID.fullmatch(stamp.id) is not None
            ids = {one.name: _keep_id(one.claim.id, taken) for one in draft.claims if one.name}
            claims = tuple(
                replace(
                    one.claim,
                    id=ids.get(one.name) or make_public_id(),
                    parts=tuple(_quoted(part, edition) for part in one.claim.parts),
                    suggestion=_made_from(one, draft.sentence, suggestions),
                )
                for one in draft.claims
            )
            unknown = [one for one in draft.stances if one.stance.claim not in {None, *ids}]
            if unknown:
                wrong = "is of a claim that is not in this sentence"
                done.unfit += [Refusal(one.place, wrong) for one in unknown]
                continue
            answer = Answer(
                id=_keep_id(stamp.id, taken) if stamp and keeps_id else make_public_id(),
                base=None,
                sentence=edition.sentence_id(draft.sentence),
                decision=decision,
                attributes=said.attributes if said else {},
                claims=claims,
                stances=tuple(
                    replace(one.stance, claim=ids.get(one.stance.claim or ""))
                    for one in draft.stances
                ),
            )
            answers.append((draft, answer, stamp))
        return answers

    def _is_outside(self, draft: _Draft) -> bool:
        """Tell whether nothing is said but that a caption, or the like, needs no decision."""
        said = draft.decision
        return (
            draft.sentence.zone in self._zones
            and not (draft.claims or draft.stances)
            and said is not None
            and (said.decision, said.stamp) == (Decision.NOT_ANNOTATABLE, None)
        )

    def _save(
        self,
        user: tuple[int, int, str],
        edition: _Edition,
        answers: Sequence[tuple[_Draft, Answer, Stamp | None]],
        done: Imported,
    ) -> None:
        user_id, membership_id, public_id = user
        session, slug = self._session, edition.article.slug
        present = self._present(membership_id, edition)
        is_begun = False
        for draft, answer, stamp in answers:
            payload = answer_json(answer) | self._stamps
            made_at = self._now
            if stamp:
                made_at = stamp.made_at
                payload |= {
                    "scheme": stamp.scheme,
                    "guideline": stamp.guideline,
                    "registers": stamp.registers,
                }
            try:
                if not is_begun:
                    self._begin(user_id, membership_id, public_id, edition)
                    is_begun = True
                checked = check_annotation(
                    session,
                    project_id=self._project_id,
                    membership_id=membership_id,
                    slug=slug,
                    payload=payload,
                )
                there = present.get(answer.sentence.position)
                if there is not None:
                    if there != canonical_frame(checked.answer):
                        wrong = "answers a sentence to which the annotator gave another answer"
                        done.unfit.append(Refusal(draft.place, wrong))
                    else:
                        done.repeated += 1
                    continue
                submit_annotation(session, checked=checked, by=user_id, now=made_at, cause="import")
            except WorkbenchError as error:
                done.unfit.append(Refusal(draft.place, str(error)))
                if not is_begun:
                    return
                continue
            done.unfit += _lost_origins(draft, answer)
            done.answers += 1
            done.claims += len(answer.claims)
            done.stances += len(answer.stances)

    def _begin(self, user_id: int, membership_id: int, public_id: str, edition: _Edition) -> None:
        """Let the person begin the article, unless they have; they need not be given it first."""
        slug = edition.article.slug
        begun = self._session.scalar(
            select(Assignment.id).where(
                Assignment.project_id == self._project_id,
                Assignment.article_id == edition.article.id,
                Assignment.membership_id == membership_id,
                Assignment.started_at.is_not(None),
            )
        )
        if begun is None:
            name_annotators(
                self._session,
                project_id=self._project_id,
                slugs=[slug],
                members=[public_id],
                by=None,
                now=self._now,
            )
            start_assignment(
                self._session,
                project_id=self._project_id,
                membership_id=membership_id,
                slug=slug,
                by=user_id,
                now=self._now,
            )

    def _present(self, membership_id: int, edition: _Edition) -> dict[int, str]:
        """Return by position what the person has answered already, in one form."""
        stored = load_answers(
            self._session,
            project_id=self._project_id,
            sentences={one.id: edition.sentence_id(one) for one in edition.sentences},
            registers=self._registers,
            answerer=answerer_of(membership_id),
        )
        return {one.answer.sentence.position: canonical_frame(one.answer) for one in stored}

    def _taken_ids(self, drafts: Sequence[_Draft]) -> set[str]:
        """Return the ids of the file that the project has already."""
        claims = {one.claim.id for draft in drafts for one in draft.claims if one.claim.id}
        stamps = [draft.decision.stamp for draft in drafts if draft.decision]
        answers = {stamp.id for stamp in stamps if stamp}
        taken: set[str] = set()
        for table, wanted in ((Claim, claims), (AnnotationRevision, answers)):
            found = select(table.public_id).where(
                table.project_id == self._project_id, table.public_id.in_(sorted(wanted))
            )
            taken.update(self._session.scalars(found))
        return taken

    def _suggestions(self, drafts: Sequence[_Draft], edition: _Edition) -> Mapping[str, Suggested]:
        if not any(one.origin for draft in drafts for one in draft.claims):
            return {}
        return read_suggested(self._session, edition_id=edition.row.id, names=self._known_names)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def read_label_map(document: Json) -> dict[str, str | None]:
    """Read which word of a file means which claim type; ``null`` leaves the word's claims out."""
    labels: dict[str, str | None] = {}
    if not isinstance(document, dict):
        raise InvalidInputError("The map of labels is no JSON object of words and claim types.")
    for word, value in document.items():
        if not (value is None or isinstance(value, str)):
            raise InvalidInputError(
                "The map of labels gives “%(word)s” no claim type and no null.", word=word[:40]
            )
        labels[word] = value
    return labels


def _with_one_label(claims: Sequence[FoundClaim], done: Imported) -> Iterator[FoundClaim]:
    """Yield the claims but those with the range of another label: a claim has one type."""
    labels = Counter(one.claim.parts for one in claims if one.label is not None)
    for one in claims:
        if one.label is None or labels[one.claim.parts] == 1:
            yield one
        else:
            wrong = (
                f"has the label “{one.label[:40]}” on a range that has others: leave one label"
                " there, or give the others null by --map"
            )
            done.unfit.append(Refusal(one.place, wrong))


def _known_labels(asked: Field | None) -> dict[str, str]:
    """Return what the scheme calls its claim types: ids, and words in any language, folded."""
    labels = {CLAIM: ""}
    for name, value in asked.values.items() if asked else ():
        labels |= {word.casefold(): name for word in value.label.values()}
    return labels | {name: name for name in (asked.values if asked else ())}


def _spans(claim: ClaimFrame) -> list[Span]:
    named = [span for link in claim.chain for span in (link.mention, link.cue) if span]
    return [*claim.parts, *named]


def _quoted(span: Span, edition: _Edition) -> Span:
    return replace(span, text=edition.row.text[span.start : span.end])


def _decide(draft: _Draft) -> tuple[Decision | None, str]:
    """Return the decision on a sentence, or why there is none."""
    found = draft.decision
    if found is None:
        wrong = "" if draft.claims else "has a stance, and no decision on its sentence"
        return (None, wrong) if wrong else (Decision.CLAIMS, "")
    said, wrong = found.decision, ""
    if said in UNSAID:
        wrong = f"was answered and says “{said}”, which is no decision of its own"
    elif said not in set(Decision):
        wrong = f"has the decision “{said[:40]}”, which is none of {', '.join(Decision)}"
    elif draft.claims and said != Decision.CLAIMS:
        wrong = f"has the decision “{said}” and a claim beside it"
    elif said == Decision.CLAIMS and not draft.claims and not found.stamp:
        wrong = "has the decision “claims” and no claim"
    return (None, wrong) if wrong else (Decision(said), "")


def _keep_id(id_: str, taken: set[str]) -> str:
    """Return an id of the file if it can be kept, else a new one; it is taken then."""
    kept = id_ if BROWSER_ID.fullmatch(id_) and id_ not in taken else make_public_id()
    taken.add(kept)
    return kept


def _made_from(
    found: FoundClaim, sentence: SentenceInZone, suggestions: Mapping[str, Suggested]
) -> str | None:
    """Return the suggestion from which the claim's origins follow as the file has them."""
    origin = found.origin
    if origin is None:
        return None
    for id_, one in suggestions.items():
        if (one.rule, one.rule_version) == (origin["rule"], origin["rule_version"]):
            slots = claim_origins(found.claim, one, (sentence.start, sentence.end))
            if all(origin[slot] == value for slot, value in slots.items()):
                return id_
    return None


def _lost_origins(draft: _Draft, answer: Answer) -> Iterator[Refusal]:
    """Name the claims that a machine had a part in and that would be a person's own here."""
    for found, claim in zip(draft.claims, answer.claims, strict=True):
        if found.origin and claim.suggestion is None:
            rule, version = found.origin["rule"], found.origin["rule_version"]
            wrong = (
                f"was made from a suggestion of the rule {rule}, version {version}, which this text"
                " has none of here: it would count as a person's own"
            )
            yield Refusal(found.place, wrong)
