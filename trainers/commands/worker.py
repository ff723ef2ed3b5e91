from flask.cli import AppGroup

command = AppGroup("worker")
