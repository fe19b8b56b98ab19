"""The comparison report of one experiment."""

from flask import Blueprint

blueprint = Blueprint("outcome", __name__)
