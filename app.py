import sys

from trainers import logs
from trainers.config import SettingsError
from trainers.factory import create_app, settle

try:
    app = create_app()
except SettingsError as error:
    sys.exit(f"The site does not start. {error}")
logs.set_up(app.extensions["settings"])
settle()
