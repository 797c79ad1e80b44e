"""What the house has decided, told to the packages; once in a process, before it begins."""

import booking.policy
from app import residents
from app.settings import Settings
from booking.holidays import closed_days
from care.complaint import policy as complaints
from care.encounter import policy as encounters
from care.laboratory import catalogue as laboratory
from care.referral import policy as referrals
from care.signatures import signer as signing
from care.teleconsultation import policy as consultations
from core import crypto
from devices import policy as devices
from family_doctor import policy as families
from family_doctor import queries as teams
from family_doctor.alerts import policy as alerts
from family_doctor.boards import policy as boards
from family_doctor.care_plan import policy as follow_ups
from family_doctor.immunization import calendar as immunization_calendar
from family_doctor.immunization import policy as immunizations
from family_doctor.talks import calendar as team_talks
from notifications import policy as messages
from notifications.family import policy as family_reminders
from notifications.rendering import texts
from people import memberships, policy, regions
from pharmacy import screening
from pharmacy.decoction import policy as decoctions
from pharmacy.delivery import policy as deliveries
from pharmacy.dispatch import policy as dispatching
from pharmacy.formulary import policy as formulary
from pharmacy.orders import policy as ordering
from pharmacy.prescribing import policy as prescribing
from pharmacy.review import policy as reviewing
from pharmacy.sealing import policy as sealing


def configure(settings: Settings) -> None:
    """Every key, limit and term of the process."""
    crypto.configure(settings.keyring())
    policy.configure(settings.policy())
    regions.configure(settings.regions())
    memberships.configure(teams.memberships)
    booking.policy.configure(settings.booking())
    encounters.configure(settings.visits())
    reviewing.configure(settings.reviews())
    laboratory.configure(settings.laboratory_ranges)
    signing.configure(settings.signer())
    complaints.configure(settings.complaints(), closed_days)
    team_talks.configure(closed_days)
    referrals.configure(settings.referrals())
    consultations.configure(settings.answer_times())
    prescribing.configure(settings.prescriptions())
    formulary.configure(settings.stock())
    screening.configure(settings.screening_rules_dir)
    deliveries.configure(settings.delivery())
    sealing.configure(settings.seals())
    dispatching.configure(settings.dispatch())
    ordering.configure(settings.orders(courier=settings.courier() is not None))
    decoctions.configure(settings.decoctions())
    families.configure(settings.families())
    alerts.configure(settings.alerts())
    follow_ups.configure(settings.follow_ups())
    own = settings.immunization_calendar
    vaccines = immunization_calendar.read(own) if own else None
    immunizations.configure(settings.immunizations(), vaccines)
    boards.configure(settings.boards())
    devices.configure(settings.devices())
    family_reminders.configure(settings.family_reminders())
    messages.configure(settings.messages(official=settings.wechat().official is not None))
    texts()  # a template that cannot be sent is found now
    residents.configure(settings)
