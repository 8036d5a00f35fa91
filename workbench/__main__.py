"""Where ``workbench`` and ``python -m workbench`` begin."""

from workbench.loading import loading

with loading():
    from flask import Flask

    from workbench import cli
    from workbench.settings import Settings


def create_app(settings: Settings) -> Flask:
    """Build what is served, and load it only then: most commands do without."""
    with loading():
        from workbench import app  # noqa: PLC0415

    return app.create_app(settings)


def main() -> None:
    """Run the command line."""
    cli.run(create_app)


if __name__ == "__main__":
    main()
