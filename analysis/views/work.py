"""The home page, and everybody's own work."""

from flask import Blueprint

blueprint = Blueprint("work", __name__)
