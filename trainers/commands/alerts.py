from flask.cli import AppGroup

command = AppGroup("alerts")
