"""`/today`: everything somebody does today in one list, whatever kind it is and whichever house.

Online visits, appointments at the hospital, consultations and opinions owed, residents of the team
know nothing of one another; here each has a room that makes lines of it (`items`), and `day` puts
them in one order. Each line leads to where the work is done.
"""

from app.today.day import today
from app.today.routes import routes

__all__ = ["routes", "today"]
