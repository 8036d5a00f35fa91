"""Releases: which there are, what each says, its files; building one and taking one back."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import Blueprint, current_app, flash, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, gettext
from flask_babel import lazy_gettext as _

from workbench.canonical import Json, JsonObject
from workbench.clock import utc_now
from workbench.datasets.history import CHANGELOG, ERRATA, SNAPSHOT
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
    refuse_blind,
)
from workbench.datasets.rules import ChangeKind, Step
from workbench.errors import ForbiddenError, NotFoundError, UnavailableError, WorkbenchError
from workbench.factcheck.prose import render_prose
from workbench.jobs.queries import get_job
from workbench.jobs.rules import JobState
from workbench.jobs.runner import wake_runner
from workbench.projects.rules import Action
from workbench.settings import Settings
from workbench.storage.database import db, transaction
from workbench.web.access import ProjectAccess, in_project
from workbench.web.addresses import go_to
from workbench.web.errors import say
from workbench.web.forms.releases import BuildForm, ProfileForm, WithdrawForm
from workbench.web.languages import page_language

blueprint = Blueprint("releases", __name__, url_prefix="/projects/<slug>/releases")

CARD = "README.md"
THOUSAND = 1000
MIMETYPES = {
    ".jsonl": "application/jsonl",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".md": "text/markdown",
    ".svg": "image/svg+xml",
}
WHY = {
    Step.FIRST: _("It is the first release."),
    Step.PATCH: _("No record differs."),
    Step.MINOR: _("There are only additions."),
    Step.MAJOR: _(
        "Records were changed, removed or moved across splits: results on the release before cannot"
        " be compared with results on this one."
    ),
}
RECORDS = {
    "scheme": _("label schemes"),
    "guideline": _("guidelines"),
    "verdict_scale": _("verdict scales"),
    "speaker": _("speakers"),
    "target": _("targets"),
    "article": _("articles"),
    "sentence": _("sentences"),
    "statement": _("statements"),
    "verdict": _("verdicts"),
    "evidence": _("evidence"),
    "erratum": _("errata"),
}
CHANGES = {
    ChangeKind.ADDED: _("added"),
    ChangeKind.CHANGED: _("changed"),
    ChangeKind.REMOVED: _("removed"),
    ChangeKind.MOVED: _("moved"),
}
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
    """A verdict that was corrected or taken back, in the words of the page's language."""

    statement: str
    at: str
    reason: str
    old: str
    new: str
    versions: list[str]


@dataclass(frozen=True)
class Snippet:
    """A line that loads the release in one library."""

    library: str
    code: str


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
    return render_template(
        "releases/list.html",
        project=project,
        releases=list_releases(session, project_id=project.id),
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
    return render_template(
        "releases/job.html",
        project=project,
        job=found,
        is_trial=bool(found.arguments["is_trial"]),
        made=made,
        why=WHY[Step(str(made["step"]))] if made else "",
        changes=list(_tell(cast(Mapping[str, Mapping[str, int]], made["changes"]))) if made else [],
        size=sum(one["size"] for one in cast(list[Mapping[str, int]], made["files"]))
        if made
        else 0,
        form=_again(found.arguments),
        part=PARTS.get(str(part), _("Waiting to begin …")),
        problem=gettext(found.problem) if found.problem else None,
    )


@blueprint.route("/profile", methods=["GET", "POST"])
@in_project(Action.BUILD_RELEASE)
def change_texts(project: ProjectAccess) -> ResponseReturnValue:
    """Change what releases to come say of themselves."""
    form = ProfileForm()
    if form.is_sent_well():
        try:
            with transaction() as session:
                change_profile(
                    session,
                    project_id=project.id,
                    profile=form.read(),
                    by=project.person.id,
                    now=utc_now(),
                )
        except WorkbenchError as error:
            form.refuse(error)
        else:
            flash(gettext("The next release says so."))
            return go_to("releases.show_list", slug=project.slug)
    elif not form.is_submitted():
        form.fill(read_profile(db.session(), project_id=project.id))
    page = render_template("releases/profile.html", project=project, form=form, licences=LICENCES)
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


@blueprint.get("/<version>/files/<path:path>")
@in_project(Action.DOWNLOAD_RELEASE)
def send(project: ProjectAccess, version: str, path: str) -> ResponseReturnValue:
    """Send a file of a release as it was built; parts of it, too."""
    session = db.session()
    release = find_release(session, project_id=project.id, version=version)
    refuse_blind(session, project_id=project.id, reader=project.person.id)
    file = find_file(session, release=release, path=path)
    place = _folder(project, release) / file.path
    if not place.is_file() or place.stat().st_size != file.size:
        raise UnavailableError(
            "%(path)s is not what was released: put the release's folder back from a backup.",
            path=file.path,
        )
    answer = send_file(
        place,
        mimetype=MIMETYPES.get(place.suffix, "application/octet-stream"),
        as_attachment=True,
        download_name=_download_name(f"{project.slug}-{version}", file.path),
        conditional=True,
        etag=file.sha256,
    )
    answer.headers["Accept-Ranges"] = "bytes"
    return answer


def _page(project: ProjectAccess, version: str, form: WithdrawForm) -> ResponseReturnValue:
    session = db.session()
    release = find_release(session, project_id=project.id, version=version)
    folder = _folder(project, release)
    files = list_files(session, release_id=release.id)
    is_there = not release.is_withdrawn and (folder / SNAPSHOT).is_file()
    page = render_template(
        "releases/release.html",
        project=project,
        release=release,
        form=form,
        groups=list(_groups(files)),
        is_there=is_there,
        problem=_blindness(project),
        changelog=render_prose(_first_section(folder / CHANGELOG)) if is_there else "",
        card=render_prose(_without_head(folder / CARD)) if is_there else "",
        bibtex=_bibtex(folder / SNAPSHOT) if is_there else "",
        errata=list(_errata(folder / ERRATA)) if is_there else [],
        snippets=list(_snippets(f"{project.slug}-{release.version}", files)),
    )
    return page, form.status


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


def _tell(changes: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[str, str]]:
    for kind, counts in changes.items():
        told = (f"{count} {CHANGES[ChangeKind(name)]}" for name, count in counts.items())
        yield str(RECORDS[kind]), ", ".join(told)


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


def _first_section(path: Path) -> str:
    """Return what the changelog says of its own release."""
    text = path.read_text("utf-8") if path.is_file() else ""
    return text.partition("\n## ")[2].partition("\n")[2].partition("\n## ")[0]


def _without_head(path: Path) -> str:
    """Return a data card without its head for programs."""
    text = path.read_text("utf-8") if path.is_file() else ""
    return text.partition("\n---\n")[2] if text.startswith("---\n") else text


def _bibtex(path: Path) -> str:
    from workbench.datasets.citations import write_bibtex  # noqa: PLC0415  # few ask for a page

    with path.open("rb") as file:
        return write_bibtex(json.loads(file.readline()))


def _errata(path: Path) -> Iterator[Erratum]:
    locale = page_language()
    document = json.loads(path.read_bytes())
    for one in document["errata"]:
        yield Erratum(
            statement=one["statement"],
            at=one["at"][:10],
            reason=one["reason"],
            old=(one["old"] or {}).get("words", {}).get(locale, ""),
            new=(one["new"] or {}).get("words", {}).get(locale, ""),
            versions=[release["version"] for release in one["releases"]],
        )


def _snippets(release: str, files: Sequence[KnownFile]) -> Iterator[Snippet]:
    """Yield how to load the claims, from their files under the names of downloads."""
    paths = [Path(one.path) for one in files if one.path.startswith(f"{DATA}/claims/")]
    names = {
        one.stem: _download_name(release, one.as_posix())
        for one in paths
        if one.suffix == ".parquet"
    }
    if not names:
        return
    part = "train" if "train" in names else min(names)
    everything = f"{release}-claims-*.parquet"
    yield Snippet("pandas", f'import pandas; claims = pandas.read_parquet("{names[part]}")')
    yield Snippet(
        "datasets",
        "from datasets import load_dataset;"
        f' claims = load_dataset("parquet", data_files={json.dumps(names)}, split="{part}")',
    )
    yield Snippet("DuckDB", f"import duckdb; claims = duckdb.sql(\"SELECT * FROM '{everything}'\")")  # noqa: S608  # shown, not run
    yield Snippet("polars", f'import polars; claims = polars.read_parquet("{everything}")')
