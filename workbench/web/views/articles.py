"""Pages to come."""

from flask import Blueprint

blueprint = Blueprint("articles", __name__)
