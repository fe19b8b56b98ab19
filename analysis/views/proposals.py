"""Proposals for advice rules, and the decisions on them."""

from flask import Blueprint

blueprint = Blueprint("proposals", __name__)
