"""What Tortoise's command line reads: `tortoise -c app.orm.CONFIG makemigrations`."""

from typing import Final

from app.packages import APPS
from core import db

CONFIG: Final = db.config("sqlite://:memory:", APPS)
