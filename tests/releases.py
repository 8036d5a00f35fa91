"""A release made by hand: a few files in the exports, recorded as a build records its own."""

import hashlib
from collections.abc import Mapping

from flask import Flask

from workbench.clock import utc_now
from workbench.datasets.tables import Release, ReleaseFile
from workbench.settings import Settings
from workbench.storage.database import transaction


def put_release(
    app: Flask,
    settings: Settings,
    project_id: int,
    files: Mapping[str, bytes],
    *,
    version: str = "1.0.0",
    slug: str = "demo",
    withdrawal: str | None = None,
) -> None:
    """Put a release of these files into the exports and the database."""
    for path, content in files.items():
        place = settings.export_dir / slug / version / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    now = utc_now()
    with app.app_context(), transaction() as session:
        release = Release(
            project_id=project_id,
            public_id=f"release-{version.replace('.', '-')}",
            version=version,
            previous_id=None,
            snapshot_id="0" * 64,
            content_hash="1" * 64,
            instant=now,
            counts={"articles": 1, "sentences": 2, "claims": 1, "annotators": 2},
            made_by=None,
            made_at=now,
            withdrawn_by=None,
            withdrawn_at=now if withdrawal else None,
            withdrawal=withdrawal,
        )
        session.add(release)
        session.flush()
        session.add_all(
            ReleaseFile(
                project_id=project_id,
                release_id=release.id,
                path=path,
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
            )
            for path, content in files.items()
        )
