"""Pages to import counts from a file."""

from flask import Blueprint

blueprint = Blueprint("imports", __name__)
