"""Pages and files of the boards."""

from family_doctor.boards.routes import days, files, numbers, people

ROUTES = [days.routes, numbers.routes, people.routes, files.routes]
