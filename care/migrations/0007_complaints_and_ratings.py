from tortoise import migrations
from tortoise.migrations import operations as ops
from care.complaint.models import Category
from care.complaint.states import Status
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('care', '0006_encounter_guest'), ('core', '0001_initial'), ('core', '0002_sealed_answers'), ('core', '0003_acts_of_one_person'), ('people', '0001_initial'), ('people', '0002_emergency_review'), ('people', '0003_health_cards_and_links'), ('people', '0004_residents'), ('people', '0005_where_houses_are'), ('people', '0006_newest_patients'), ('people', '0007_visits_open_records'), ('people', '0008_partners')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Complaint',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=Status.RECEIVED, description='RECEIVED: received\nACCEPTED: accepted\nANSWERED: answered\nREOPENED: reopened\nCLOSED: closed\nWITHDRAWN: withdrawn', enum_type=Status, max_length=10)),
                ('category', fields.CharEnumField(description='ATTITUDE: attitude\nWAITING: waiting\nFEE: fee\nTREATMENT: treatment\nPRIVACY: privacy\nSYSTEM: system\nOTHER: other', enum_type=Category, max_length=10)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('organization', fields.ForeignKeyField('people.Organization', source_field='organization_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('account_id', fields.UUIDField()),
                ('key', fields.CharField(unique=True, max_length=100)),
                ('subject', fields.CharField(default='', max_length=100)),
                ('about', fields.CharField(default='', max_length=120)),
                ('text', fields.CharField(max_length=1000)),
                ('answer', fields.CharField(default='', max_length=1000)),
                ('filed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('accept_by', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('close_by', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('accepted_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('answered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('reopened', fields.IntField(default=0)),
                ('content', fields.BooleanField(null=True)),
            ],
            options={'table': 'care_complaint', 'app': 'care', 'indexes': [Index(fields=['organization_id', 'status']), Index(fields=['account_id', 'filed_at'])], 'pk_attr': 'id', 'table_description': 'One complaint. `key` makes a repeat harmless, `ComplaintStep` keeps what was said.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ComplaintStep',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('complaint', fields.ForeignKeyField('care.Complaint', source_field='complaint_id', db_constraint=True, to_field='id', related_name='steps', on_delete=OnDelete.RESTRICT)),
                ('action', fields.CharField(max_length=10)),
                ('by_name', fields.CharField(max_length=60)),
                ('words', fields.CharField(default='', max_length=1000)),
                ('late', fields.BooleanField(default=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'care_complaint_step', 'app': 'care', 'indexes': [Index(fields=['complaint_id', 'at'])], 'pk_attr': 'id', 'table_description': 'One step, never changed: who, when, and the words that were said with it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='EncounterRating',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('encounter', fields.OneToOneField('care.Encounter', source_field='encounter_id', db_constraint=True, to_field='id', related_name='rating', on_delete=OnDelete.RESTRICT)),
                ('practitioner_id', fields.UUIDField(db_index=True)),
                ('account_id', fields.UUIDField()),
                ('stars', fields.IntField()),
                ('words', fields.CharField(default='', max_length=300)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'care_encounter_rating', 'app': 'care', 'pk_attr': 'id', 'table_description': 'What the resident thought of a visit: one for each, changeable for some days.'},
            bases=['Model'],
        ),
    ]
