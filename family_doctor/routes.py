"""The pages of the family doctors, and what the record asks of them."""

import family_doctor.followup.seams  # noqa: F401  (registers itself with the record)
from family_doctor.alerts import routes as alerts
from family_doctor.boards.routes import ROUTES as BOARDS
from family_doctor.care_plan.routes import ROUTES as PLANS
from family_doctor.contracts.routes import ROUTES as CONTRACTS
from family_doctor.followup import note_routes as follow_up_notes
from family_doctor.followup import routes as follow_ups
from family_doctor.immunization import book as immunization_book
from family_doctor.immunization import routes as immunizations
from family_doctor.leads import referring
from family_doctor.leads import routes as leads
from family_doctor.talks import routes as talks
from family_doctor.teams.routes import ROUTES as TEAMS

ROUTES = [
    *PLANS,
    follow_ups.routes,
    follow_up_notes.routes,
    immunizations.routes,
    immunization_book.routes,
    alerts.routes,
    talks.routes,
    leads.routes,
    referring.routes,
    *CONTRACTS,
    *TEAMS,
    *BOARDS,
]
