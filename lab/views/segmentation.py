"""Pages on segmentation models and profiles."""

from flask import Blueprint

blueprint = Blueprint("segmentation", __name__)
