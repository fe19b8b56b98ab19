"""Pages to enter, correct and review counts."""

from flask import Blueprint

blueprint = Blueprint("observations", __name__)
