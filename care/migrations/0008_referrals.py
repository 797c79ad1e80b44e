from tortoise import migrations
from tortoise.migrations import operations as ops
from care.referral.models import Direction, Urgency
from care.referral.states import Status
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('care', '0007_complaints_and_ratings'), ('core', '0001_initial'), ('core', '0002_sealed_answers'), ('core', '0003_acts_of_one_person'), ('people', '0001_initial'), ('people', '0002_emergency_review'), ('people', '0003_health_cards_and_links'), ('people', '0004_residents'), ('people', '0005_where_houses_are'), ('people', '0006_newest_patients'), ('people', '0007_visits_open_records'), ('people', '0008_partners')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ServiceRequest',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=Status.PROPOSED, description='PROPOSED: proposed\nSUBMITTED: submitted\nACCEPTED: accepted\nCLOSED: closed\nDECLINED: declined\nCANCELLED: cancelled\nEXPIRED: expired', enum_type=Status, max_length=10)),
                ('encounter', fields.ForeignKeyField('care.Encounter', source_field='encounter_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('live', fields.CharField(null=True, unique=True, max_length=60)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('requester', fields.ForeignKeyField('people.Practitioner', source_field='requester_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('from_organization', fields.ForeignKeyField('people.Organization', source_field='from_organization_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('to_organization', fields.ForeignKeyField('people.Organization', source_field='to_organization_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('department', fields.CharField(max_length=30)),
                ('direction', fields.CharEnumField(description='UP: up\nDOWN: down\nHORIZONTAL: horizontal', enum_type=Direction, max_length=10)),
                ('urgency', fields.CharEnumField(description='ROUTINE: routine\nURGENT: urgent', enum_type=Urgency, max_length=8)),
                ('reason', fields.CharField(max_length=500)),
                ('proposed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('account_id', fields.UUIDField(null=True)),
                ('consent_version', fields.CharField(default='', max_length=20)),
                ('consent_sha256', fields.CharField(default='', max_length=64)),
                ('consent_relation', fields.CharField(default='', max_length=12)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('answer_by', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('answered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('answered_by', fields.ForeignKeyField('people.Practitioner', source_field='answered_by_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('answer', fields.CharField(default='', max_length=500)),
                ('keep_place', fields.BooleanField(default=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('outcome', fields.CharField(default='', max_length=1000)),
                ('cancelled_by', fields.CharField(default='', max_length=10)),
            ],
            options={'table': 'care_service_request', 'app': 'care', 'indexes': [Index(fields=['to_organization_id', 'department', 'status']), Index(fields=['requester_id', 'proposed_at']), Index(fields=['patient_id', 'proposed_at']), Index(fields=['encounter_id', 'proposed_at'])], 'pk_attr': 'id', 'table_description': 'One referral. What the visit says (answers, evidence, note) is read from the visit.'},
            bases=['Model'],
        ),
    ]
