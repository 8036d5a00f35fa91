"""Build the releases in exports/ that come with the program: ``python -m tools.sample_releases``.

They are of the demo's two projects, under names of their own, so that nobody's release of the demo
meets one that is there. A test makes all their files anew from their snapshots.
"""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from workbench.app import create_app
from workbench.cli.demo import DEBATE, INVENTED, make_demo
from workbench.cli.jobs import watch_job
from workbench.clock import utc_now
from workbench.datasets.operations import Wanted, request_build
from workbench.projects.queries import project_by_slug
from workbench.settings import Settings
from workbench.storage.database import db, transaction
from workbench.storage.migrations import upgrade

EXPORTS = Path(__file__).parent.parent / "exports"
SAMPLES = (
    replace(DEBATE, slug="sample-open-ai-debate"),
    replace(INVENTED, slug="sample-invented-press"),
)


def main() -> None:
    """Make both projects in a folder of their own, and put their first releases into exports/."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), export_dir=Path(folder) / "exports")
        settings.export_dir.mkdir()
        upgrade(settings.database)
        with create_app(settings).app_context():
            for sample in SAMPLES:
                make_demo(sample, utc_now())
                project_id = project_by_slug(db.session(), slug=sample.slug).id
                wanted = Wanted(allow_unsettled=True)
                with transaction() as session:
                    job = request_build(
                        session, project_id=project_id, wanted=wanted, by=None, now=utc_now()
                    )
                watch_job(project_id, job, label=sample.slug)
                shutil.rmtree(EXPORTS / sample.slug, ignore_errors=True)
                shutil.move(settings.export_dir / sample.slug, EXPORTS / sample.slug)


if __name__ == "__main__":
    main()
