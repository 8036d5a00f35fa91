"""Blank what labels quote of an article whose text is erased; their offsets stay."""

from collections.abc import Callable
from typing import cast

from sqlalchemy import Select, Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from workbench.canonical import Json, JsonObject
from workbench.corpus.tables import Sentence, TextEdition
from workbench.labelling.tables import (
    Annotation,
    AnnotationRevision,
    Assignment,
    AttributionLink,
    ClaimRevision,
    Question,
    QuestionMessage,
    Stance,
    Suggestion,
    SuggestionRun,
    TrainingReason,
)
from workbench.projects.scheme import parse_scheme
from workbench.projects.tables import SchemeRevision
from workbench.storage.base import Base


def blank_quotes(session: Session, *, article_id: int) -> None:
    """Blank the article's quotes and what people wrote after it, in every revision of its answers.

    Belongs in the transaction that erases the text: saves in flight end first, and those that
    come later find the article erased.
    """
    sentences = (
        select(Sentence.id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .where(TextEdition.article_id == article_id, Sentence.project_id == TextEdition.project_id)
    )
    # Whoever makes agreed answers holds the sentence, and annotators their slot.
    session.execute(sentences.order_by(Sentence.id).with_for_update(of=Sentence, key_share=True))
    session.execute(
        select(Assignment.id).where(Assignment.article_id == article_id).with_for_update()
    )
    revisions = _revisions_of(article_id)
    claims = select(ClaimRevision.id).where(ClaimRevision.annotation_revision_id.in_(revisions))
    runs = (
        select(SuggestionRun.id)
        .join(TextEdition, TextEdition.id == SuggestionRun.edition_id)
        .where(TextEdition.article_id == article_id)
    )
    questions = select(Question.id).where(Question.sentence_id.in_(sentences))
    written = _written_fields(session, article_id)

    def without_texts(value: Json) -> Json:
        return {name: None if name in written else text for name, text in _object(value).items()}

    for model, key, owners, column, blank in (
        (AnnotationRevision, "id", revisions, "attributes", without_texts),
        (ClaimRevision, "id", claims, "attributes", without_texts),
        (ClaimRevision, "id", claims, "parts", _without_quotes),
        (AttributionLink, "claim_revision_id", claims, "attributes", without_texts),
        (AttributionLink, "claim_revision_id", claims, "mention", _without_quote),
        (AttributionLink, "claim_revision_id", claims, "cue", _without_quote),
        (Stance, "annotation_revision_id", revisions, "attributes", without_texts),
        (Stance, "annotation_revision_id", revisions, "target_span", _without_quote),
        (Suggestion, "run_id", runs, "frame", _without_names),
        (Question, "sentence_id", sentences, "span", _without_quote),
        (QuestionMessage, "question_id", questions, "text", lambda _text: ""),
    ):
        _change(session, model=model, key=key, owners=owners, column=column, blank=blank)
    session.execute(delete(TrainingReason).where(TrainingReason.sentence_id.in_(sentences)))


def _revisions_of(article_id: int) -> Select[int]:
    return (
        select(AnnotationRevision.id)
        .join(Annotation, Annotation.id == AnnotationRevision.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(TextEdition, TextEdition.id == Sentence.edition_id)
        .where(
            TextEdition.article_id == article_id,
            # The unique indexes begin with the project.
            Sentence.project_id == TextEdition.project_id,
            Annotation.project_id == TextEdition.project_id,
        )
    )


def _written_fields(session: Session, article_id: int) -> set[str]:
    """Return the fields that are written by hand, under any revision of the label scheme."""
    documents = session.scalars(
        select(SchemeRevision.document)
        .join(TextEdition, TextEdition.project_id == SchemeRevision.project_id)
        .where(TextEdition.article_id == article_id)
    )
    schemes = [parse_scheme(document) for document in documents]
    return {
        field.name for scheme in schemes for field in scheme.fields.values() if field.kind == "text"
    }


def _change(
    session: Session,
    *,
    model: type[Base],
    key: str,
    owners: Select[int],
    column: str,
    blank: Callable[[Json], Json],
) -> None:
    table = cast(Table, model.__table__)
    rows = session.execute(
        select(table.c.id, table.c[column].label("stored")).where(table.c[key].in_(owners))
    )
    changed = [
        {"row": row.id, "blank": new} for row in rows if (new := blank(row.stored)) != row.stored
    ]
    if changed:
        session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("row"))
            .values({column: bindparam("blank")}),
            changed,
        )


def _without_quotes(value: Json) -> Json:
    return [_without_quote(span) for span in cast(list[Json], value)]


def _without_names(value: Json) -> Json:
    return {**_object(value), "speaker": None, "via": None, "reason": ""}


def _without_quote(value: Json) -> Json:
    return value and {**_object(value), "text": ""}


def _object(value: Json) -> JsonObject:
    return cast(JsonObject, value)
