"""Signing in and out, invitations and the choice of language."""

from flask import Blueprint

blueprint = Blueprint("account", __name__)
