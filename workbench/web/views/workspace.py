"""Pages to come."""

from flask import Blueprint

blueprint = Blueprint("workspace", __name__)
