"""What was found wrong in a release after it was made, and which version has it right."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from workbench.datasets.queries import KnownRelease, releases_with_verdict
from workbench.datasets.rules import Version
from workbench.factcheck.publishing import Correction, read_corrections
from workbench.projects.queries import get_project


@dataclass(frozen=True)
class LaterErratum:
    """A verdict of a release that was corrected or taken back since.

    ``right_in`` is the first version after that which stands; none until one is built.
    """

    correction: Correction
    right_in: Version | None


def list_later_errata(
    session: Session,
    *,
    project_id: int,
    release: KnownRelease,
    releases: Sequence[KnownRelease],
    base_url: str,
) -> list[LaterErratum]:
    """List what touches a release and came after it, the newest first.

    ``releases`` are all of the project.
    """
    holding = releases_with_verdict(session, project_id=project_id)
    if not any(release.version in versions for versions in holding.values()):
        return []
    project = get_project(session, project_id=project_id)
    corrections = read_corrections(session, project=project, base_url=base_url)
    standing = sorted(
        (one for one in releases if not one.is_withdrawn), key=lambda one: one.version
    )
    found = []
    for one in reversed(corrections):
        if release.version not in holding.get(one.old.row, ()):
            continue
        at = one.at.replace(microsecond=0)  # as exact as the instants of releases are
        after = (
            later.version
            for later in standing
            if later.instant >= at and later.version not in holding[one.old.row]
        )
        found.append(LaterErratum(one, next(after, None)))
    return found
