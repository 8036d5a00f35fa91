"""Releases: which there are, what each says, its files; building one and taking one back."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import Blueprint, current_app, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, gettext
from flask_babel import lazy_gettext as _

from workbench.canonical import Json, JsonObject
from workbench.clock import utc_now
from workbench.datasets.errata import list_later_errata
from workbench.datasets.history import CHANGES, ERRATA, SNAPSHOT
from workbench.datasets.layout import DATA
from workbench.datasets.operations import (
    JOB,
    bury_release,
    find_build,
    release_folder,
    request_build,
    withdraw_release,
)
from workbench.datasets.profiles import change_profile, read_profile
from workbench.datasets.queries import (
    KnownFile,
    KnownRelease,
    find_file,
    find_release,
    list_files,
    list_releases,
    newest_standing,
    refuse_blind,
    refuse_withdrawn,
)
from workbench.datasets.reading import CARD, read_card, read_some_changes, read_told
from workbench.datasets.rules import ChangeKind, Step
from workbench.errors import ForbiddenError, NotFoundError, StaleRevisionError, WorkbenchError
from workbench.factcheck.prose import render_prose
from workbench.jobs.queries import get_job
from workbench.jobs.rules import JobState
from workbench.jobs.runner import wake_runner
from workbench.projects.rules import Action
from workbench.sending import send_release_archive, send_release_file
from workbench.settings import Settings
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import go_to
from workbench.web.errors import say, say_again
from workbench.web.forms.releases import BuildForm, ProfileForm, WithdrawForm
from workbench.web.languages import page_language
from workbench.web.paging import page_of
from workbench.web.release_words import (
    WHY,
    ToldKind,
    tell_counts,
    tell_one,
    tell_shortly,
    tell_step,
)

blueprint = Blueprint("releases", __name__, url_prefix="/projects/<slug>/releases")

THOUSAND = 1000
PARTS = {
    "snapshot": _("Reading what the project says …"),
    "comparison": _("Comparing with the release before …"),
    "data": _("Writing the files …"),
    "splits": _("Writing the files …"),
    "check": _("Checking every file …"),
}
LICENCES = ("CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0", "ODC-By-1.0", "etalab-2.0")


@dataclass(frozen=True)
class Erratum:
    """A verdict that was corrected or taken back, in the words of the page's language.

    ``wording`` is the statement's, if it is known; ``versions`` are wrong in it, ``right_in`` has
    the correction.
    """

    statement: str
    wording: str
    at: str
    reason: str
    old: str
    new: str
    versions: list[str]
    right_in: str


@dataclass(frozen=True)
class ListedRelease:
    """A release in the list of all, with what changed in it as far as its files say."""

    release: KnownRelease
    is_newest: bool
    short: str
    counts: list[ToldKind]


@blueprint.app_template_filter("in_bytes")
def show_size(size: int) -> str:
    """Write a number of bytes for people: ``578.9 kB``, in French ``578,9 ko``."""
    units = ("o", "ko", "Mo", "Go") if page_language() == "fr" else ("B", "kB", "MB", "GB")
    shown, power = float(size), 0
    while shown >= THOUSAND and power < len(units) - 1:
        shown, power = shown / THOUSAND, power + 1
    number = format_decimal(shown, "0.#" if power else "0")
    return f"{number}\N{NO-BREAK SPACE}{units[power]}"


@blueprint.get("/")
@in_project(Action.DOWNLOAD_RELEASE)
def show_list(project: ProjectAccess) -> ResponseReturnValue:
    """List the releases, the newest version first."""
    session = db.session()
    releases = list_releases(session, project_id=project.id)
    paging = page_of(len(releases))
    shown = releases[paging.offset : paging.offset + paging.limit]
    return render_template(
        "releases/list.html",
        project=project,
        releases=[_listed(project, one, releases) for one in shown],
        paging=paging,
        job=find_build(session, project_id=project.id),
    )


@blueprint.route("/build", methods=["GET", "POST"])
@in_project(Action.BUILD_RELEASE)
def build(project: ProjectAccess) -> ResponseReturnValue:
    """Ask for a release, or for what it would be."""
    form = BuildForm()
    if form.is_sent_well():
        try:
            wanted = form.read()
            with transaction() as session:
                job = request_build(
                    session,
                    project_id=project.id,
                    wanted=wanted,
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
        else:
            wake_runner()
            return go_to("releases.show_build", slug=project.slug, job=job)
    page = render_template(
        "releases/build.html",
        project=project,
        form=form,
        profile=read_profile(db.session(), project_id=project.id),
        job=find_build(db.session(), project_id=project.id),
    )
    return page, form.status


@blueprint.get("/builds/<job>")
@in_project(Action.BUILD_RELEASE)
def show_build(project: ProjectAccess, job: str) -> ResponseReturnValue:
    """Show how far a build is, what it came to, or what a release would be."""
    found = get_job(db.session(), project_id=project.id, public_id=job)
    if found.kind != JOB:
        raise NotFoundError("There is no build %(job)s here.", job=job)
    made = cast(JsonObject, found.result) if found.state is JobState.DONE else None
    part = found.result.get("part") if isinstance(found.result, dict) else None
    settings: Settings = current_app.extensions["WORKBENCH_SETTINGS"]
    return render_template(
        "releases/job.html",
        project=project,
        job=found,
        is_trial=bool(found.arguments["is_trial"]),
        made=made,
        why=WHY[Step(str(made["step"]))] if made else "",
        changes=list(tell_counts(_tally(made["changes"]))) if made else [],
        size=sum(one["size"] for one in cast(list[Mapping[str, int]], made["files"]))
        if made
        else 0,
        form=_again(found.arguments),
        part=PARTS.get(str(part), _("Waiting to begin …")),
        loopback=settings.base_url if settings.is_known_here_only else "",
        problem=say_again(found.problem) if found.problem else None,
    )


@blueprint.route("/profile", methods=["GET", "POST"])
@in_project(Action.BUILD_RELEASE)
def change_texts(project: ProjectAccess) -> ResponseReturnValue:
    """Change what releases to come say of themselves."""
    newest = read_profile(db.session(), project_id=project.id)
    form, newer = ProfileForm(data={"state": newest.state, **ProfileForm.values_of(newest)}), {}
    if form.is_sent_well():
        try:
            with transaction() as session:
                change_profile(
                    session,
                    project_id=project.id,
                    profile=form.read(),
                    state=form.state.data,
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
            if isinstance(error, StaleRevisionError):
                newest = read_profile(db.session(), project_id=project.id)
                newer = form.rest_on_newest(form.values_of(newest), newest.state)
        else:
            flash(gettext("The next release says so."))
            return go_to("releases.show_list", slug=project.slug)
    page = render_template(
        "releases/profile.html", project=project, form=form, newer=newer, licences=LICENCES
    )
    return page, form.status


@blueprint.get("/<version>/")
@in_project(Action.DOWNLOAD_RELEASE)
def show_release(project: ProjectAccess, version: str) -> ResponseReturnValue:
    """Show one release: what changed, how to load it, its files, errata and data card."""
    return _page(project, version, WithdrawForm(formdata=None))


@blueprint.post("/<version>/withdrawal")
@in_project(Action.BUILD_RELEASE)
def withdraw(project: ProjectAccess, version: str) -> ResponseReturnValue:
    """Take a release back: its files are removed, its version and the reason stay."""
    form = WithdrawForm()
    if not form.is_sent_well():
        return _page(project, version, form)
    try:
        with transaction() as session:
            release = withdraw_release(
                session,
                project_id=project.id,
                version=version,
                reason=form.reason.data,
                by=project.person.id,
                now=utc_now(),
            )
    except WorkbenchError as error:
        form.refuse(error)
        return _page(project, version, form)
    bury_release(_folder(project, release), dataset=project.slug, release=release)
    flash(gettext("Release %(version)s is withdrawn.", version=version))
    return go_to("releases.show_release", slug=project.slug, version=version)


@blueprint.get("/<version>/changes")
@in_project(Action.DOWNLOAD_RELEASE)
def show_changes(project: ProjectAccess, version: str) -> ResponseReturnValue:
    """Show record by record what changed since the release before, of one kind or of all."""
    session = db.session()
    release = find_release(session, project_id=project.id, version=version)
    refuse_blind(session, project_id=project.id, reader=project.person.id)
    path = _folder(project, release) / CHANGES
    told = read_told(path)
    if told is None:
        raise NotFoundError("Nothing says what changed in release %(version)s.", version=version)
    kinds = list(tell_counts(told.counts)) if told.previous else []
    wanted = next((one for one in kinds if one.kind == request.args.get("kind")), None)
    paging = page_of(wanted.count if wanted else sum(one.count for one in kinds))
    found = read_some_changes(
        path, kind=wanted.kind if wanted else None, offset=paging.offset, limit=paging.limit
    )
    return render_template(
        "releases/changes.html",
        project=project,
        release=release,
        told=told,
        kinds=kinds,
        wanted=wanted,
        paging=paging,
        changes=[tell_one(one) for one in found],
    )


@blueprint.get("/<version>/<name>.zip")
@in_project(Action.DOWNLOAD_RELEASE)
def send_all(project: ProjectAccess, version: str, name: str) -> ResponseReturnValue:
    """Send all files of a release in one, unpacked as ``DATASET/VERSION/``."""
    session = db.session()
    release = find_release(session, project_id=project.id, version=version)
    refuse_blind(session, project_id=project.id, reader=project.person.id)
    refuse_withdrawn(release)
    if name != f"{project.slug}-{version}":
        raise NotFoundError(
            "Release %(version)s has no file %(path)s.", version=version, path=f"{name}.zip"
        )
    files = list_files(session, release_id=release.id)
    session.rollback()  # No read stays open while it is sent.
    return send_release_archive(_folder(project, release), release, files, dataset=project.slug)


@blueprint.get("/<version>/files/<path:path>")
@in_project(Action.DOWNLOAD_RELEASE)
def send(project: ProjectAccess, version: str, path: str) -> ResponseReturnValue:
    """Send a file of a release as it was built; parts of it, too."""
    session = db.session()
    release = find_release(session, project_id=project.id, version=version)
    refuse_blind(session, project_id=project.id, reader=project.person.id)
    file = find_file(session, release=release, path=path)
    return send_release_file(
        _folder(project, release),
        release,
        file,
        download_name=_download_name(f"{project.slug}-{version}", file.path),
    )


def _page(project: ProjectAccess, version: str, form: WithdrawForm) -> ResponseReturnValue:
    session = db.session()
    release = find_release(session, project_id=project.id, version=version)
    releases = list_releases(session, project_id=project.id)
    folder = _folder(project, release)
    files = list_files(session, release_id=release.id)
    is_there = not release.is_withdrawn and (folder / SNAPSHOT).is_file()
    told = read_told(folder / CHANGES) if is_there else None
    card = read_card(folder / CARD)
    paths = {file.path for file in files}
    page = render_template(
        "releases/release.html",
        project=project,
        release=release,
        newest=newest_standing(releases),
        form=form,
        groups=list(_groups(files)),
        is_there=is_there,
        problem=_blindness(project),
        archive=f"{project.slug}-{release.version}",
        told=told,
        why=tell_step(told, is_first=_is_first(release, releases)) if told else "",
        changes=list(tell_counts(told.counts)) if told and told.previous else [],
        # Its tables scroll where they are too wide, by keyboard as well.
        card=render_prose(card.text).replace("<table>", '<table tabindex="0">') if is_there else "",
        snippets=card.snippets,
        pictures=[one for one in card.pictures if one.path in paths],
        head=_head(folder / SNAPSHOT) if is_there else {},
        bibtex=_bibtex(folder / SNAPSHOT) if is_there else "",
        later=list(_later_errata(project, release, releases)),
        errata=list(_errata(folder / ERRATA)) if is_there else [],
    )
    return page, form.status


def _listed(
    project: ProjectAccess, release: KnownRelease, releases: Sequence[KnownRelease]
) -> ListedRelease:
    told = read_told(_folder(project, release) / CHANGES)
    return ListedRelease(
        release=release,
        is_newest=release is newest_standing(releases),
        short=tell_shortly(told, is_first=_is_first(release, releases)) if told else "",
        counts=list(tell_counts(told.counts)) if told and told.previous else [],
    )


def _is_first(release: KnownRelease, releases: Sequence[KnownRelease]) -> bool:
    """Tell whether there was no version before, not even one that was withdrawn."""
    return release.version == releases[-1].version


def _blindness(project: ProjectAccess) -> str:
    """Say why the person may not have the files yet, if so."""
    try:
        refuse_blind(db.session(), project_id=project.id, reader=project.person.id)
    except ForbiddenError as error:
        return say(error.message, error.values)
    return ""


def _folder(project: ProjectAccess, release: KnownRelease) -> Path:
    settings: Settings = current_app.extensions["WORKBENCH_SETTINGS"]
    return release_folder(settings.export_dir, project.slug, release.version)


def _tally(changes: Json) -> dict[str, dict[ChangeKind, int]]:
    given = cast(Mapping[str, Mapping[str, int]], changes)
    return {
        kind: {ChangeKind(name): count for name, count in counts.items()}
        for kind, counts in given.items()
    }


def _again(arguments: Mapping[str, Json]) -> BuildForm:
    """Return the form that builds what was tried."""
    return BuildForm(
        formdata=None,
        data={name: arguments[name] for name in ("allow_unsettled", "soft_labels", "version")},
    )


def _groups(files: list[KnownFile]) -> Iterator[tuple[str, list[KnownFile]]]:
    """Yield the files by folder: the data first, then what is said of them, then the rest."""
    groups: dict[str, list[KnownFile]] = {DATA: [], "": []}
    for one in files:
        folder = DATA if one.path.startswith(f"{DATA}/") else one.path.rpartition("/")[0]
        groups.setdefault(folder, []).append(one)
    yield from ((folder, theirs) for folder, theirs in groups.items() if theirs)


def _download_name(release: str, path: str) -> str:
    """Return a name that tells the file from others: of data, its config and its split."""
    folder, _, name = path.rpartition("/")
    names = [*folder.split("/")[1:], name] if folder.startswith(f"{DATA}/") else [name]
    return "-".join([release, *names])


def _head(path: Path) -> JsonObject:
    with path.open("rb") as file:
        return cast(JsonObject, json.loads(file.readline()))


def _bibtex(path: Path) -> str:
    from workbench.datasets.citations import write_bibtex  # noqa: PLC0415  # few ask for a page

    with path.open("rb") as file:
        return write_bibtex(json.loads(file.readline()))


def _errata(path: Path) -> Iterator[Erratum]:
    """Yield what a release says of those before it."""
    locale = page_language()
    document = json.loads(path.read_bytes())
    for one in document["errata"]:
        if one["releases"]:
            yield Erratum(
                statement=one["statement"],
                wording="",
                at=one["at"][:10],
                reason=one["reason"],
                old=(one["old"] or {}).get("words", {}).get(locale, ""),
                new=(one["new"] or {}).get("words", {}).get(locale, ""),
                versions=[release["version"] for release in one["releases"]],
                right_in="",
            )


def _later_errata(
    project: ProjectAccess, release: KnownRelease, releases: Sequence[KnownRelease]
) -> Iterator[Erratum]:
    """Yield what was found wrong in a release since."""
    settings: Settings = current_app.extensions["WORKBENCH_SETTINGS"]
    locale = page_language()
    for one in list_later_errata(
        db.session(),
        project_id=project.id,
        release=release,
        releases=releases,
        base_url=settings.base_url,
    ):
        found = one.correction
        yield Erratum(
            statement=found.statement,
            wording=found.wording,
            at=found.at.date().isoformat(),
            reason=found.reason,
            old=found.old.verdict.words.get(locale, ""),
            new=found.new.verdict.words.get(locale, "") if found.new else "",
            versions=[],
            right_in=str(one.right_in) if one.right_in else "",
        )
