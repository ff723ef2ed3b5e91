from flask import Blueprint

blueprint = Blueprint("development", __name__)
