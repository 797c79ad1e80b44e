from tortoise import migrations
from tortoise.migrations import operations as ops
from care.encounter.guests.models import Part
from care.encounter.guests.states import GuestStatus
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('care', '0005_notes'), ('core', '0003_acts_of_one_person'), ('people', '0008_partners')]

    initial = False

    operations = [
        ops.CreateModel(
            name='EncounterGuest',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('encounter', fields.ForeignKeyField('care.Encounter', source_field='encounter_id', db_constraint=True, to_field='id', related_name='guests', on_delete=OnDelete.RESTRICT)),
                ('status', fields.CharEnumField(default=GuestStatus.INVITED, description='INVITED: invited\nJOINED: joined\nLEFT: left\nREMOVED: removed\nWITHDRAWN: withdrawn', enum_type=GuestStatus, max_length=10)),
                ('part', fields.CharEnumField(description='FAMILY: family\nINTERPRETER: interpreter', enum_type=Part, max_length=12)),
                ('name', fields.CharField(max_length=40)),
                ('relation', fields.CharField(max_length=20)),
                ('history', fields.BooleanField(default=False)),
                ('link_sha256', fields.CharField(unique=True, max_length=64)),
                ('phone_sha256', fields.CharField(default='', max_length=64)),
                ('made_by', fields.UUIDField()),
                ('made_by_name', fields.CharField(max_length=60)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('joined_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_by_name', fields.CharField(default='', max_length=60)),
            ],
            options={'table': 'care_encounter_guest', 'app': 'care', 'indexes': [Index(fields=['encounter_id', 'made_at'])], 'pk_attr': 'id', 'table_description': 'One person who may join one visit. Of the link and of the phone only digests are kept.'},
            bases=['Model'],
        ),
    ]
