"""The published advice, for everybody."""

from flask import Blueprint

blueprint = Blueprint("advice", __name__)
