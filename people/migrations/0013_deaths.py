from tortoise import migrations
from tortoise.migrations import operations as ops
from people.deaths.models import Ground
from people.deaths.states import Status
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('people', '0012_resident_addresses')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Death',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(description='PROPOSED: proposed\nRECORDED: recorded\nDISMISSED: dismissed\nCORRECTED: corrected\nUNDONE: undone', enum_type=Status, max_length=10)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('open', fields.UUIDField(null=True, unique=True)),
                ('heard', fields.CharField(default='', max_length=300)),
                ('heard_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('heard_by_name', fields.CharField(default='', max_length=40)),
                ('died_on', fields.DateField(null=True)),
                ('ground', fields.CharEnumField(null=True, description='CERTIFICATE: certificate\nREGISTER: register\nCOURT: court', enum_type=Ground, max_length=12)),
                ('evidence', fields.CharField(default='', max_length=300)),
                ('recorded_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('recorded_by', fields.UUIDField(null=True)),
                ('recorded_by_name', fields.CharField(default='', max_length=40)),
                ('corrects_id', fields.UUIDField(null=True)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_by', fields.UUIDField(null=True)),
                ('ended_by_name', fields.CharField(default='', max_length=40)),
                ('end_reason', fields.CharField(default='', max_length=300)),
            ],
            options={'table': 'people_death', 'app': 'people', 'indexes': [Index(fields=['patient_id', 'status'])], 'pk_attr': 'id', 'table_description': "One report of one resident's death. `open` is the person while it stands (unique)."},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Patient',
            name='deceased_on',
            field=fields.DateField(null=True),
        ),
    ]
