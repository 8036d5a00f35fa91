"""The application without pages: settings, secret key and database, all that a command needs."""

from flask import Flask

from workbench.settings import Settings
from workbench.storage.database import db, engine_options
from workbench.storage.secret_key import secret_key

SETTINGS = "WORKBENCH_SETTINGS"


def create_bare_app(settings: Settings) -> Flask:
    """Build an application over a database that the migrations have made."""
    app = Flask("workbench.web", static_folder="static", template_folder="templates")
    app.config.update(
        SECRET_KEY=secret_key(settings.data_dir),
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database),
    )
    app.extensions[SETTINGS] = settings
    db.init_app(app)
    return app
