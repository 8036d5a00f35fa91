"""Forms of evidence and of the search log, and the words for what evidence is."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import HiddenInput

from workbench.factcheck.evidence import LENGTHS, GivenEvidence
from workbench.factcheck.rules import AnswerType, Bearing, FetchOutcome, Medium, SourceKind
from workbench.factcheck.searches import LENGTHS as SEARCH_LENGTHS
from workbench.factcheck.searches import Search
from workbench.links import MAX_LINK
from workbench.web.forms.base import WorkbenchForm

BEARINGS = {
    Bearing.SUPPORTS: _("supports the statement"),
    Bearing.REFUTES: _("refutes it"),
    Bearing.CONTEXT: _("gives context"),
}
SOURCE_KINDS = {
    SourceKind.PRIMARY: _("primary source"),
    SourceKind.SECONDARY: _("secondary source"),
    SourceKind.FACT_CHECK: _("another fact-check"),
}
MEDIA = {
    Medium.WEB_TEXT: _("text on the web"),
    Medium.WEB_TABLE: _("table on the web"),
    Medium.PDF: _("PDF"),
    Medium.IMAGE: _("image or graphic"),
    Medium.VIDEO: _("video"),
    Medium.AUDIO: _("audio"),
    Medium.METADATA: _("metadata"),
    Medium.OTHER: _("something else"),
}
ANSWER_TYPES = {
    AnswerType.EXTRACTIVE: _("in the words of the page"),
    AnswerType.ABSTRACTIVE: _("in one’s own words"),
    AnswerType.BOOLEAN: _("yes or no, with the reason"),
    AnswerType.UNANSWERABLE: _("the page does not answer it"),
}
OUTCOMES = {
    FetchOutcome.STORED: _("kept"),
    FetchOutcome.UNCHANGED: _("unchanged"),
    FetchOutcome.DRIFTED: _("changed"),
    FetchOutcome.GONE: _("gone"),
}
YES, NO = "yes", "no"
_UNCHOSEN = SelectChoice("", _("please choose"))
_INDEPENDENCE = [
    _UNCHOSEN,
    SelectChoice(YES, _("yes, independent")),
    SelectChoice(NO, _("no: the claimant’s own, or of those they work for")),
]
_FILLED = DataRequired(_("Please fill this in."))
_CHOSEN = DataRequired(_("Please choose: only a person can tell."))


def _choices(words: Iterable[tuple[object, object]]) -> list[SelectChoice]:
    return [SelectChoice(str(value), name) for value, name in words]


def _line(name: str, **more: object) -> dict[str, object]:
    return {"maxlength": LENGTHS[name], "dir": "auto", **more}


class EvidenceForm(WorkbenchForm):
    """A piece of evidence; ``number`` is of the revision that was shown, 0 for a new one."""

    number = IntegerField(widget=HiddenInput(), default=0)
    url = StringField(
        _("Address of the page"),
        [DataRequired(_("Evidence needs the address of a page on which readers find it."))],
        render_kw={"inputmode": "url", "maxlength": MAX_LINK, "placeholder": "https://"},
    )
    title = StringField(
        _("Title"), [_FILLED, Length(max=LENGTHS["title"])], render_kw=_line("title")
    )
    publisher = StringField(
        _("Publisher"),
        [_FILLED, Length(max=LENGTHS["publisher"])],
        description=_("Who answers for the page: a newspaper, an office, a company."),
        render_kw=_line("publisher"),
    )
    published = StringField(
        _("Published"),
        [Length(max=32)],
        description=_(
            "As far as the page says it: 2023, 2023-12 or 2023-12-05; with ? where uncertain, ~"
            " where approximate. Empty if it does not say."
        ),
    )
    accessed = DateField(_("Read on"), [InputRequired(_("Please fill this in."))])
    # What gates rest on is chosen by somebody, never by default.
    bearing = SelectField(
        _("What it does"), [_CHOSEN], choices=[_UNCHOSEN, *_choices(BEARINGS.items())]
    )
    source_kind = SelectField(
        _("How near it is to what it tells of"),
        [_CHOSEN],
        choices=[_UNCHOSEN, *_choices(SOURCE_KINDS.items())],
        description=_(
            "Primary: a law, a licence, a data set, the speech itself. Secondary: somebody who"
            " reports on these."
        ),
    )
    independence = SelectField(_("Independent of whoever claims it?"), choices=_INDEPENDENCE)
    origin = StringField(
        _("Where the publisher has it from"),
        [Length(max=LENGTHS["origin"])],
        description=_(
            "Such as “AFP”, “own count”, “Meta’s licence”: two who repeat one source count once."
        ),
        render_kw=_line("origin"),
    )
    question = StringField(
        _("Question that it answers"),
        [_FILLED, Length(max=LENGTHS["question"])],
        render_kw=_line("question"),
    )
    answer = TextAreaField(
        _("Answer"),
        [Length(max=LENGTHS["answer"])],
        render_kw=_line("answer", rows=3),
    )
    answer_type = SelectField(_("How it is answered"), choices=_choices(ANSWER_TYPES.items()))
    passage = TextAreaField(
        _("Passage"),
        [Length(max=LENGTHS["passage"])],
        description=_(
            "The words of the page that show it, copied exactly. They stay, whatever"
            " becomes of the page."
        ),
        render_kw=_line("passage", rows=4),
    )
    medium = SelectField(_("It stands in"), choices=_choices(MEDIA.items()))
    archived_url = StringField(
        _("Address of a copy in an archive"),
        render_kw={"inputmode": "url", "maxlength": MAX_LINK, "placeholder": "https://"},
    )
    note = TextAreaField(
        _("Note on how far it can be relied on"),
        [Length(max=LENGTHS["note"])],
        render_kw=_line("note", rows=2),
    )

    def read(self) -> GivenEvidence:
        """Return what the form says, still to be checked."""
        return GivenEvidence(
            question=self.question.data,
            answer=self.answer.data or "",
            answer_type=AnswerType(self.answer_type.data),
            bearing=Bearing(self.bearing.data),
            url=self.url.data,
            title=self.title.data,
            publisher=self.publisher.data,
            origin=self.origin.data or "",
            published=self.published.data or None,
            accessed=self.accessed.data,
            archived_url=self.archived_url.data or None,
            passage=self.passage.data or "",
            medium=Medium(self.medium.data),
            source_kind=SourceKind(self.source_kind.data),
            is_independent=self.independence.data == YES,
            note=self.note.data or "",
        )

    def fill(self, given: GivenEvidence) -> None:
        """Show what is known."""
        for name, value in vars(given).items():
            if name != "is_independent":
                self[name].data = value
        self.independence.data = YES if given.is_independent else NO


class NumberForm(WorkbenchForm):
    """A button that says which revision it was pressed under."""

    number = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class SearchForm(WorkbenchForm):
    """A search, and what came of it."""

    query = StringField(
        _("What was looked for"),
        [_FILLED, Length(max=SEARCH_LENGTHS["query"])],
        render_kw={"maxlength": SEARCH_LENGTHS["query"], "dir": "auto"},
    )
    place = StringField(
        _("Where"),
        [_FILLED, Length(max=SEARCH_LENGTHS["place"])],
        description=_("Such as a search engine, an archive, a register, or whom was asked."),
        render_kw={"maxlength": SEARCH_LENGTHS["place"], "dir": "auto"},
    )
    searched_on = DateField(_("When"), [InputRequired(_("Please fill this in."))])
    outcome = TextAreaField(
        _("What came of it"),
        [_FILLED, Length(max=SEARCH_LENGTHS["outcome"])],
        render_kw={"rows": 2, "maxlength": SEARCH_LENGTHS["outcome"], "dir": "auto"},
    )

    def read(self) -> Search:
        """Return what the form says, still to be checked."""
        return Search(
            query=self.query.data,
            place=self.place.data,
            searched_on=self.searched_on.data,
            outcome=self.outcome.data,
        )
