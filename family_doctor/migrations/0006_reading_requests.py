from tortoise import migrations
from tortoise.migrations import operations as ops
from family_doctor.care_plan.models import Wanted
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('family_doctor', '0005_team_talks'), ('people', '0013_deaths')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ReadingRequest',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('measure', fields.CharEnumField(description='BLOOD_PRESSURE: blood_pressure\nGLUCOSE: glucose', enum_type=Wanted, max_length=14)),
                ('open', fields.CharField(null=True, unique=True, max_length=60)),
                ('number', fields.SmallIntField()),
                ('due_on', fields.DateField()),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'family_reading_request', 'app': 'family_doctor', 'indexes': [Index(fields=['patient_id', 'measure'])], 'pk_attr': 'id', 'table_description': 'A value that is wanted from home by a day. FHIR: ServiceRequest.'},
            bases=['Model'],
        ),
    ]
