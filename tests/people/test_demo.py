"""The demo county: the same people every time, and none of them impossible."""

from app.demo import people as demo
from app.settings import Settings
from core import clock, db
from people import passwords, rules
from people.models import Account, Organization, Patient, PatientIdentifier


async def test_the_county_is_whole_and_its_people_are_plausible(database, tmp_path):
    settings = Settings(demo=True, data_dir=tmp_path)
    async with db.atomic():
        await demo.create(settings)
    tiers = [organization.tier.value for organization in await Organization.all()]
    assert (tiers.count("village"), tiers.count("township")) == (12, 3)
    residents = await Patient.all()
    assert 300 <= len(residents) <= 500
    by_id = {patient.id: patient for patient in residents}
    for document in await PatientIdentifier.all():
        read = rules.read_document(document.kind, document.value, today=clock.today())
        patient = by_id[document.patient_id]
        assert (read.birth_date, read.sex) == (patient.birth_date, patient.sex)
    for patient in residents:
        assert rules.name_objection(patient.name) == ""
        assert rules.phone_objection(patient.phone) == ""
    without = {p.id for p in residents} - {d.patient_id for d in await PatientIdentifier.all()}
    assert without
    assert all(by_id[one].guardian_name for one in without)


async def test_the_same_seed_makes_the_same_people(database, tmp_path, clock):
    settings = Settings(demo=True, data_dir=tmp_path)
    async with db.atomic():
        await demo.create(settings)
    first = await Patient.get(id=demo.patient_id("YH-T1-V1", 0))
    before = (first.name, first.birth_date, first.phone)
    await PatientIdentifier.all().delete()
    await Patient.all().delete()
    await demo.move_in_residents()
    again = await Patient.get(id=demo.patient_id("YH-T1-V1", 0))
    assert (again.name, again.birth_date, again.phone) == before


async def test_every_login_of_the_contract_opens_with_its_password(database):
    await demo.found_organizations()
    await demo.hire_staff()
    doctors = {"village1", "village2", "township1", "county1", "county2", "team1", "nurse1"}
    others = {"pharmacist1", "pharmacist2", "scheduler1", "supervisor1", "admin1"}
    names = doctors | others
    assert await Account.filter(username__in=names).count() == len(names)
    account = await Account.get(username="village1")
    assert await passwords.fits(account.password_hash, "doorstep-demo")
