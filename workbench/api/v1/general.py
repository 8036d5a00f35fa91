"""The token itself, and the projects that it reaches."""

from marshmallow import Schema, fields

from workbench.accounts.api_tokens import Scope
from workbench.api.access import ProjectCaller
from workbench.api.routes import Part, operation
from workbench.canonical import JsonObject
from workbench.projects.bearers import Bearer, list_open_projects
from workbench.projects.queries import Access, get_project
from workbench.projects.rules import Action, Role
from workbench.storage.database import db

blueprint = Part("general", "The token and its projects")


class TokenAnswer(Schema):
    """What is known of the token that asks."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    owner = fields.String(required=True, metadata={"description": "The name of its owner."})
    scopes = fields.List(
        fields.String(metadata={"enum": [scope.value for scope in Scope]}), required=True
    )
    expires_at = fields.AwareDateTime(required=True)


class ProjectAnswer(Schema):
    """A project, and what the token's owner is there."""

    slug = fields.String(required=True)
    name = fields.String(required=True)
    language = fields.String(required=True)
    roles = fields.List(
        fields.String(metadata={"enum": [role.value for role in Role]}), required=True
    )


class ProjectsAnswer(Schema):
    """All projects that a token reaches."""

    items = fields.List(fields.Nested(ProjectAnswer), required=True)


class WholeProjectAnswer(ProjectAnswer):
    """A project with how it is annotated."""

    overlap = fields.Integer(
        required=True, metadata={"description": "How many annotators an article gets."}
    )
    created_at = fields.AwareDateTime(required=True)


@operation(blueprint, "/token", answer=TokenAnswer)
def show_token(bearer: Bearer) -> object:
    """Say what this token is."""
    return {
        "id": bearer.token,
        "name": bearer.token_name,
        "owner": bearer.name,
        "scopes": sorted(bearer.scopes),
        "expires_at": bearer.expires_at,
    }


@operation(blueprint, "/projects", answer=ProjectsAnswer)
def list_projects(bearer: Bearer) -> object:
    """List the projects that this token reaches.

    They are those in which its owner has a role, or the one to which it is bound.
    """
    return {"items": [_describe(one) for one in list_open_projects(db.session(), bearer=bearer)]}


@operation(blueprint, "/projects/<slug>", action=Action.SEE_PROJECT, answer=WholeProjectAnswer)
def show_project(project: ProjectCaller) -> object:
    """Show a project."""
    row = get_project(db.session(), project_id=project.id)
    return {
        **_describe(project),
        "overlap": row.overlap,
        "created_at": row.created_at,
    }


def _describe(access: Access | ProjectCaller) -> JsonObject:
    return {
        "slug": access.slug,
        "name": access.name,
        "language": access.language,
        "roles": [role.value for role in Role if role in access.memberships],
    }
