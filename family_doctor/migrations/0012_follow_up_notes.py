from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from family_doctor.followup.models import Mode
from json import dumps, loads
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('family_doctor', '0011_alerts_end'), ('people', '0013_deaths')]

    initial = False

    operations = [
        ops.CreateModel(
            name='FollowUpNote',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('team_id', fields.UUIDField()),
                ('mode', fields.CharEnumField(null=True, description='CLINIC: 1\nHOME: 2\nPHONE: 3\nVIDEO: 4', enum_type=Mode, max_length=1)),
                ('met_on', fields.DateField(null=True)),
                ('form', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('by_id', fields.UUIDField()),
                ('by_name', fields.CharField(max_length=40)),
                ('organization_id', fields.UUIDField()),
                ('organization_name', fields.CharField(max_length=80)),
                ('handed_in_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'family_follow_up_note', 'app': 'family_doctor', 'indexes': [Index(fields=['patient_id'])], 'pk_attr': 'id', 'table_description': 'A form that could not count any more when it arrived, as it was typed. It plans nothing,'},
            bases=['Model'],
        ),
        ops.AlterModelOptions(
            name='Call',
            options={'table': 'family_call', 'app': 'family_doctor', 'indexes': [Index(fields=['task_id', 'at'])], 'pk_attr': 'id', 'table_description': 'One attempt to speak with the patient about a task. Never changed: its id comes of the task'},
        ),
    ]
