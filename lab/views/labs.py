"""Pages on living labs and their partners."""

from flask import Blueprint

blueprint = Blueprint("labs", __name__)
