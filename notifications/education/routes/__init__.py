"""Pages of health education: for staff, for everybody, and for the screen in the waiting room."""

from notifications.education.routes import campaigns, public, writing

ROUTES = [writing.routes, campaigns.routes, public.routes]
