"""Pages on experiments: list, protocol, variants, status and log."""

from flask import Blueprint

blueprint = Blueprint("experiments", __name__)
