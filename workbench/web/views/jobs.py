"""How far a job is, and what came of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from workbench.canonical import Json
from workbench.corpus.queries import read_headings_by_slug
from workbench.jobs.queries import get_job
from workbench.projects.rules import Action
from workbench.storage.database import db
from workbench.web.access import ProjectAccess, in_project
from workbench.web.errors import say, say_again

blueprint = Blueprint("jobs", __name__, url_prefix="/projects/<slug>/jobs")


@dataclass(frozen=True)
class ShownFile:
    """What became of an imported file; ``articles`` are the slugs of the first ones."""

    name: str
    state: str
    articles: tuple[str, ...]
    count: int
    sentences: int
    problem: str


@blueprint.get("/<job>")
@in_project(Action.IMPORT_ARTICLES)
def show_job(project: ProjectAccess, job: str) -> ResponseReturnValue:
    """Show an import; a page with script asks again for the part that changes."""
    found = get_job(db.session(), project_id=project.id, public_id=job)
    files = list(_read_files(found.result))
    part = "_job" if "HX-Request" in request.headers else "job"
    return render_template(
        f"jobs/{part}.html",
        project=project,
        job=found,
        files=files,
        headings=read_headings_by_slug(
            db.session(),
            project_id=project.id,
            slugs={article for file in files for article in file.articles},
        ),
        problem=say_again(found.problem) if found.problem else None,
    )


def _read_files(result: Json) -> Iterator[ShownFile]:
    for outcome in result if isinstance(result, list) else []:
        match outcome:
            case {
                "name": str(name),
                "state": str(state),
                "articles": list(articles),
                "count": int(count),
                "sentences": int(sentences),
                "problem": str() | None as problem,
                "values": dict(values),
            }:
                yield ShownFile(
                    name=name,
                    state=state,
                    articles=tuple(map(str, articles)),
                    count=count,
                    sentences=sentences,
                    problem=say(problem, values) if problem else "",
                )
