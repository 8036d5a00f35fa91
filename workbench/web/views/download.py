"""Pages to come."""

from flask import Blueprint

blueprint = Blueprint("download", __name__)
