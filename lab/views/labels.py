"""Pages on the labels of a programme."""

from flask import Blueprint

blueprint = Blueprint("labels", __name__)
