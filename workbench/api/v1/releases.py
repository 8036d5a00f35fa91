"""Releases of datasets and their files, whole or in part."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import cast

from flask import current_app, url_for
from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf

from workbench.accounts.api_tokens import Scope
from workbench.api.access import ProjectCaller
from workbench.api.fields import MOST, Flag, Text
from workbench.api.routes import Part, operation
from workbench.api.v1.corpus import JobAnswer, StartedAnswer, describe_job
from workbench.clock import utc_now
from workbench.datasets.aggregating import Method, has_models
from workbench.datasets.operations import (
    JOB,
    MAX_REASON,
    Wanted,
    bury_release,
    release_folder,
    request_build,
    withdraw_release,
)
from workbench.datasets.profiles import (
    MAX_CONTACT,
    MAX_NAME,
    MAX_TEXT,
    SECTIONS,
    Creator,
    Profile,
    change_profile,
    read_profile,
)
from workbench.datasets.queries import (
    KnownFile,
    KnownRelease,
    find_file,
    find_release,
    list_files,
    list_releases,
    list_versions,
    refuse_blind,
    refuse_withdrawn,
)
from workbench.datasets.rules import Version
from workbench.errors import InvalidInputError, NotFoundError
from workbench.jobs.queries import get_job
from workbench.jobs.runner import wake_runner
from workbench.links import MAX_LINK
from workbench.projects.bearers import Bearer, list_open_projects
from workbench.projects.rules import Action, may
from workbench.sending import send_release_archive, send_release_file
from workbench.settings import Settings
from workbench.storage.database import db, transaction

ONE = "/projects/<slug>/releases/<version>"
BYTES: dict[str, object] = {
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
}

blueprint = Part("releases", "Releases and their files")
downloading = partial(
    operation, blueprint, scope=Scope.READ_RELEASES, action=Action.DOWNLOAD_RELEASE
)
releasing = partial(
    operation, blueprint, method="POST", scope=Scope.WRITE_RELEASES, action=Action.BUILD_RELEASE
)


class DatasetAnswer(Schema):
    """A project's dataset, with the versions that were not withdrawn, the newest first."""

    slug = fields.String(required=True)
    name = fields.String(required=True)
    versions = fields.List(fields.String(), required=True)


class DatasetsAnswer(Schema):
    """All datasets that a token reaches."""

    items = fields.List(fields.Nested(DatasetAnswer), required=True)


class ReleaseAnswer(Schema):
    """One version of a dataset, which never changes."""

    version = fields.String(required=True)
    previous = fields.String(required=True, allow_none=True)
    snapshot = fields.String(
        required=True, metadata={"description": "The SHA-256 of its snapshot."}
    )
    manifest = fields.String(
        required=True, metadata={"description": "The SHA-256 of its MANIFEST.sha256."}
    )
    instant = fields.AwareDateTime(
        required=True, metadata={"description": "The moment whose records it has."}
    )
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    size = fields.Integer(required=True, metadata={"description": "Bytes of all its files."})
    withdrawal = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why it was taken back; it has no files any more."},
    )


class ReleasesAnswer(Schema):
    """All versions of a dataset, the newest first."""

    items = fields.List(fields.Nested(ReleaseAnswer), required=True)


class FileAnswer(Schema):
    """A file of a release."""

    path = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    url = fields.String(required=True)


class WholeReleaseAnswer(ReleaseAnswer):
    """A release with its files."""

    files = fields.List(fields.Nested(FileAnswer), required=True)


class BuildBody(Schema):
    """How a release is wanted."""

    is_trial = Flag(
        load_default=True, metadata={"description": "Only told what it would be; false builds."}
    )
    allow_unsettled = Flag(
        load_default=False,
        metadata={"description": "Takes along, marked, what is not settled; else that stops it."},
    )
    soft_labels = fields.String(
        load_default=Method.VOTES.value, validate=OneOf([one.value for one in Method])
    )
    version = Text(
        load_default=None,
        allow_none=True,
        validate=Length(1, 20),
        metadata={"description": "Without it, it follows from what changed."},
    )


class TakeBackBody(Schema):
    """Why a release is taken back: everybody who looks for it reads that."""

    reason = Text(required=True, validate=Length(1, MAX_REASON))


@operation(blueprint, "/datasets", scope=Scope.READ_RELEASES, answer=DatasetsAnswer)
def list_datasets(bearer: Bearer) -> object:
    """List the datasets that this token may download, with their versions."""
    session = db.session()
    projects = [
        one
        for one in list_open_projects(session, bearer=bearer)
        if may(frozenset(one.memberships), Action.DOWNLOAD_RELEASE)
    ]
    versions = list_versions(session, projects=[one.project_id for one in projects])
    return {
        "items": [
            {
                "slug": one.slug,
                "name": one.name,
                "versions": [str(version) for version in versions[one.project_id]],
            }
            for one in projects
            if one.project_id in versions
        ]
    }


class CardTexts(Schema):
    """Words in French and in English."""

    fr = Text(load_default="", validate=Length(0, MAX_TEXT))
    en = Text(load_default="", validate=Length(0, MAX_TEXT))


class CreatorBody(Schema):
    """Who made the dataset, with a page about them if there is one."""

    name = Text(required=True, validate=Length(1, MAX_NAME))
    url = Text(load_default=None, allow_none=True, validate=Length(1, MAX_LINK))


class ProfileBody(Schema):
    """What releases say of themselves, all of it."""

    title = fields.Nested(CardTexts, required=True)
    texts = fields.Dict(
        keys=fields.String(validate=OneOf(SECTIONS)),
        values=fields.Nested(CardTexts),
        required=True,
        metadata={"description": f"Of the data card: {', '.join(SECTIONS)}."},
    )
    creators = fields.List(fields.Nested(CreatorBody), required=True, validate=Length(0, MOST))
    licence = Text(required=True, validate=Length(1, 64), metadata={"description": "Of SPDX."})
    url = Text(required=True, allow_none=True, validate=Length(1, MAX_LINK))
    contact = Text(required=True, allow_none=True, validate=Length(1, MAX_CONTACT))


@downloading("/projects/<slug>/releases", answer=ReleasesAnswer)
def list_all(project: ProjectCaller) -> object:
    """List the releases of a project, withdrawn ones too, the newest version first."""
    found = list_releases(db.session(), project_id=project.id)
    return {"items": [_describe(one) for one in found]}


@downloading(ONE, answer=WholeReleaseAnswer)
def show(project: ProjectCaller, version: str) -> object:
    """Show a release with its files, their sizes and hashes."""
    session = db.session()
    found = find_release(session, project_id=project.id, version=version)
    files = [] if found.is_withdrawn else list_files(session, release_id=found.id)
    return {**_describe(found), "files": [_describe_file(project, found, one) for one in files]}


@downloading(
    f"{ONE}/files/<path:path>",
    answer={},
    problems=(410, 412, 416),
    also={
        200: {"description": "All of the file", **BYTES},
        206: {"description": "The part that was asked for", **BYTES},
        304: {"description": "It is what you have"},
    },
)
def send(project: ProjectCaller, version: str, path: str) -> object:
    """Send a file, or the part that a Range header asks for.

    Its ETag is its SHA-256: If-None-Match, If-Match and If-Range work with it. A Range of several
    parts, or that is none, gets all of it. Refused while you still label an article of the
    project, since a release has others' answers to it.
    """
    session = db.session()
    refuse_blind(session, project_id=project.id, reader=project.user)
    release = find_release(session, project_id=project.id, version=version)
    file = find_file(session, release=release, path=path)
    session.rollback()  # No read stays open while it is sent.
    return send_release_file(
        _folder(project, release), release, file, download_name=Path(path).name
    )


@downloading(
    f"{ONE}/archive",
    answer={},
    problems=(410,),
    also={
        200: {"description": "A ZIP of all files", **BYTES},
        304: {"description": "It is what you have"},
    },
)
def send_all(project: ProjectCaller, version: str) -> object:
    """Send all files of a release in one ZIP, the same bytes each time.

    Refused while you still label an article of the project, as its files are.
    """
    session = db.session()
    refuse_blind(session, project_id=project.id, reader=project.user)
    release = find_release(session, project_id=project.id, version=version)
    refuse_withdrawn(release)
    files = list_files(session, release_id=release.id)
    session.rollback()  # No read stays open while it is sent.
    return send_release_archive(_folder(project, release), release, files, dataset=project.slug)


@releasing("/projects/<slug>/builds", body=BuildBody, answer=StartedAnswer, status=202)
def build(project: ProjectCaller, **given: object) -> object:
    """Build a release by a job, or tell what it would be; one at a time."""
    wanted = _read(given)
    with transaction() as session:
        job = request_build(
            session, project_id=project.id, wanted=wanted, by=project.user, now=utc_now()
        )
    wake_runner()
    return {"job": job, "url": url_for("api_releases.show_build", slug=project.slug, job=job)}


@operation(
    blueprint,
    "/projects/<slug>/builds/<job>",
    scope=Scope.WRITE_RELEASES,
    action=Action.BUILD_RELEASE,
    answer=JobAnswer,
)
def show_build(project: ProjectCaller, job: str) -> object:
    """Tell how far a build is, and what it came to."""
    found = get_job(db.session(), project_id=project.id, public_id=job)
    if found.kind != JOB:
        raise NotFoundError("There is no build %(job)s here.", job=job)
    return describe_job(found)


@releasing(f"{ONE}/withdraw", body=TakeBackBody, answer=ReleaseAnswer)
def withdraw(project: ProjectCaller, version: str, reason: str) -> object:
    """Take a release back: its files are removed, its version and the reason stay."""
    with transaction() as session:
        release = withdraw_release(
            session,
            project_id=project.id,
            version=version,
            reason=reason,
            by=project.user,
            now=utc_now(),
        )
    settings: Settings = current_app.extensions["WORKBENCH_SETTINGS"]
    folder = release_folder(settings.export_dir, project.slug, release.version)
    bury_release(folder, dataset=project.slug, release=release)
    return _describe(release)


def _read(given: Mapping[str, object]) -> Wanted:
    method, version = Method(str(given["soft_labels"])), given["version"]
    if method is not Method.VOTES and not has_models():
        raise InvalidInputError("This server has no models of annotators: ask for votes.")
    return Wanted(
        allow_unsettled=bool(given["allow_unsettled"]),
        soft_labels=method,
        version=Version.parse(str(version)) if version is not None else None,
        is_trial=bool(given["is_trial"]),
    )


@operation(
    blueprint,
    "/projects/<slug>/profile",
    scope=Scope.READ_RELEASES,
    action=Action.BUILD_RELEASE,
    answer=ProfileBody,
)
def show_profile(project: ProjectCaller) -> object:
    """Show what releases to come say of themselves."""
    return read_profile(db.session(), project_id=project.id).document()


@releasing("/projects/<slug>/profile", body=ProfileBody, answer=ProfileBody)
def change_texts(project: ProjectCaller, **given: object) -> object:
    """Change what releases to come say of themselves, all of it; finished ones keep theirs."""
    with transaction() as session:
        change_profile(
            session,
            project_id=project.id,
            profile=_read_profile(given),
            by=project.user,
            now=utc_now(),
        )
    return show_profile(project)


def _read_profile(given: Mapping[str, object]) -> Profile:
    texts = cast("Mapping[str, Mapping[str, str]]", given["texts"])
    creators = cast("list[dict[str, str | None]]", given["creators"])
    return Profile(
        title=cast("Mapping[str, str]", given["title"]),
        texts={section: words for section, words in texts.items() if any(words.values())},
        creators=tuple(Creator(str(one["name"]), one["url"]) for one in creators),
        licence=str(given["licence"]),
        url=cast("str | None", given["url"]),
        contact=cast("str | None", given["contact"]),
    )


def _folder(project: ProjectCaller, release: KnownRelease) -> Path:
    settings: Settings = current_app.extensions["WORKBENCH_SETTINGS"]
    return release_folder(settings.export_dir.resolve(), project.slug, release.version)


def _describe(one: KnownRelease) -> dict[str, object]:
    return {
        "version": str(one.version),
        "previous": str(one.previous) if one.previous else None,
        "snapshot": one.snapshot,
        "manifest": one.manifest,
        "instant": one.instant,
        "counts": one.counts,
        "size": one.size,
        "withdrawal": one.withdrawal,
    }


def _describe_file(
    project: ProjectCaller, release: KnownRelease, file: KnownFile
) -> dict[str, object]:
    url = url_for(
        "api_releases.send", slug=project.slug, version=str(release.version), path=file.path
    )
    return {"path": file.path, "size": file.size, "sha256": file.sha256, "url": url}
