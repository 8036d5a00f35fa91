"""Forms of the article pages: upload, metadata, zones, reasons."""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from flask import request
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import FileStorage
from wtforms import MultipleFileField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from workbench.corpus.importing import Upload, with_manifest
from workbench.corpus.readers import ENDINGS, MANIFEST, Metadata
from workbench.corpus.readers.records import check_manifest_entry
from workbench.corpus.rules import EDITABLE, MAX_REASON_LENGTH
from workbench.corpus.zones import Zone
from workbench.errors import InvalidInputError
from workbench.web.forms.base import CSRF_FIELD, WorkbenchForm
from workbench.web.words import LANGUAGE_CHOICES

ZONES = {
    Zone.HEADLINE: _("Headline or subheading"),
    Zone.STANDFIRST: _("Standfirst"),
    Zone.BODY: _("Body"),
    Zone.CAPTION: _("Caption"),
    Zone.GLOSSARY: _("Glossary"),
    Zone.BOILERPLATE: _("Site furniture"),
}

DIRECTLY_INSIDE = 2  # parts of the path of a file: the folder, and its name
_ZONE_FIELD = re.compile(r"zone-(\d{1,9})-([a-z]+)", re.ASCII)


class ImportForm(WorkbenchForm):
    """Files to be imported together."""

    files = MultipleFileField(_("Files"), render_kw={"accept": ",".join((*ENDINGS, MANIFEST))})
    folder = MultipleFileField(
        _("Or a folder"),
        render_kw={"webkitdirectory": True},
        description=_("The article files that lie in it, not those of folders inside it."),
    )

    def uploads(self) -> list[Upload]:
        """Return name and bytes of each article file, and of the manifest.

        Raises ``InvalidInputError`` where none was chosen or the manifest is wrong.
        """
        chosen = [(file.filename or "", file) for file in _named(self.files)]
        uploads = [
            (name, file.read()) for name, file in (*chosen, *_in_folder(_named(self.folder)))
        ]
        for file in (*_named(self.files), *_named(self.folder)):
            file.close()
        if not with_manifest(uploads):
            raise InvalidInputError("Choose at least one article file.")
        return uploads

    @property
    def passed_over(self) -> int:
        """How many files of the folder are not taken."""
        return len(_named(self.folder)) - len(_in_folder(_named(self.folder)))


def _named(field: MultipleFileField) -> list[FileStorage]:
    """Return the files of a field; of one left empty the browser sends a file without a name."""
    return [file for file in field.data if file.filename]


def _in_folder(files: Sequence[FileStorage]) -> list[tuple[str, FileStorage]]:
    """Name the article files of a folder that a browser sent, as the command line would take them.

    The browser names each with its path, such as ``news/a.txt``.
    """
    paths = [(PurePosixPath(file.filename or ""), file) for file in files]
    return [
        (path.name, file)
        for path, file in paths
        if len(path.parts) == DIRECTLY_INSIDE
        and not path.name.startswith(".")
        and (path.suffix.lower() in ENDINGS or path.name == MANIFEST)
    ]


class MetadataForm(WorkbenchForm):
    """What is known of an article; an empty field says that it is not known."""

    title = StringField(_("Title"), [Length(max=500)])
    outlet = StringField(_("Outlet"), [Length(max=200)])
    author = StringField(_("Author"), [Length(max=200)])
    published = StringField(
        _("Published"),
        [Length(max=32)],
        description=_(
            "As far as it is known: 2023, 2023-12 or 2023-12-05; with ? where uncertain, ~ where"
            " approximate."
        ),
    )
    url = StringField(_("Address on the web"), [Length(max=2000)], render_kw={"inputmode": "url"})
    language = SelectField(_("Language"), choices=LANGUAGE_CHOICES)
    rights = StringField(
        _("Rights"),
        [Length(max=500)],
        description=_("The licence or permission under which the text may be used."),
    )

    def metadata(self) -> Metadata:
        """Return what the form says, held against the schema of articles."""
        fields: dict[str, object] = {
            name: " ".join(self[name].data.split()) or None for name in EDITABLE
        }
        _name, metadata = check_manifest_entry({"file": "-", **fields}, "The article")
        return metadata


class ReasonForm(WorkbenchForm):
    """Why something is done to an article."""

    reason = StringField(
        _("Reason"),
        [DataRequired(_("Please fill this in.")), Length(max=MAX_REASON_LENGTH)],
        description=_("It is kept with the article's history."),
    )


def changed_zones() -> Mapping[int, Zone]:
    """Return the sentences whose zone was changed on the page that was sent.

    Each select's name holds position and the zone it was shown with, so that what nobody touched
    does not undo another person's change.
    """
    changed: dict[int, Zone] = {}
    for name, value in request.form.items():
        found = _ZONE_FIELD.fullmatch(name)
        if name == CSRF_FIELD:
            continue
        if not found or value not in list(Zone):
            raise InvalidInputError("The form has no field “%(name)s”.", name=name[:80])
        if value != found[2]:
            changed[int(found[1])] = Zone(value)
    return changed
