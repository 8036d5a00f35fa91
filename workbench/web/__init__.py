"""The pages: what people see in the browser."""

from flask import Flask

from workbench.settings import Settings
from workbench.web import access, errors, languages, security, squeezing
from workbench.web.views import (
    account,
    adjudication,
    administration,
    agreement,
    api_page,
    articles,
    assigning,
    balance,
    claims,
    contests,
    desk,
    download,
    editions,
    evidence,
    guideline,
    health,
    hints,
    home,
    jobs,
    label_studio,
    members,
    progress,
    project,
    public,
    questions,
    registers,
    releases,
    reviews,
    scheme,
    stances,
    statements,
    suggestions,
    sync_conflicts,
    tokens,
    training,
    verdicts,
    workspace,
)


def register(app: Flask, settings: Settings) -> None:
    """Join pages, access, languages, security headers and error pages to the application."""
    access.register(app, settings)
    languages.register(app)
    security.register(app, settings)
    squeezing.register(app)
    errors.register(app)
    for view in (
        home,
        account,
        adjudication,
        administration,
        agreement,
        api_page,
        articles,
        assigning,
        balance,
        claims,
        contests,
        desk,
        download,
        editions,
        evidence,
        guideline,
        health,
        hints,
        jobs,
        label_studio,
        members,
        progress,
        project,
        public,
        questions,
        registers,
        releases,
        reviews,
        scheme,
        statements,
        stances,
        suggestions,
        sync_conflicts,
        tokens,
        training,
        verdicts,
        workspace,
    ):
        app.register_blueprint(view.blueprint)
    hints.register(app)
