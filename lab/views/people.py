"""Pages on the people of a lab and their invitations."""

from flask import Blueprint

blueprint = Blueprint("people", __name__)
