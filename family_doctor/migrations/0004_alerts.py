from tortoise import migrations
from tortoise.migrations import operations as ops
from family_doctor.alerts.models import Level, Measure
from family_doctor.alerts.states import Status
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('family_doctor', '0003_packages_and_services')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Alert',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=Status.RAISED, description='RAISED: raised\nNOTIFIED: notified\nACKNOWLEDGED: acknowledged\nHANDLED: handled\nCLOSED: closed', enum_type=Status, max_length=12)),
                ('level', fields.CharEnumField(default=Level.TEAM, description='TEAM: team\nDOCTOR: doctor\nDUTY: duty', enum_type=Level, max_length=8)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('team_id', fields.UUIDField(null=True)),
                ('panel_id', fields.UUIDField(unique=True)),
                ('value', fields.CharField(max_length=20)),
                ('words', fields.CharField(max_length=100)),
                ('measured_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('raised_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('notified_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('escalated_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('acknowledged_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('acknowledged_by', fields.UUIDField(null=True)),
                ('acknowledged_name', fields.CharField(default='', max_length=40)),
                ('handled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('outcome', fields.CharField(default='', max_length=300)),
            ],
            options={'table': 'family_alert', 'app': 'family_doctor', 'indexes': [Index(fields=['team_id', 'status']), Index(fields=['patient_id', 'raised_at']), Index(fields=['status', 'level'])], 'pk_attr': 'id', 'table_description': 'One dangerous round of measurements (`panel_id`, unique).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AlertStep',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('alert', fields.ForeignKeyField('family_doctor.Alert', source_field='alert_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('action', fields.CharField(max_length=12)),
                ('measure', fields.CharEnumField(null=True, description='PHONED: phoned\nAMBULANCE: ambulance\nWENT: went\nCLINIC: clinic\nREFERRED: referred\nUNREACHED: unreached\nERROR: error', enum_type=Measure, max_length=12)),
                ('by_name', fields.CharField(max_length=40)),
                ('note', fields.CharField(default='', max_length=300)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'family_alert_step', 'app': 'family_doctor', 'indexes': [Index(fields=['alert_id', 'at'])], 'pk_attr': 'id', 'table_description': 'One step, never changed. Who did what when, and the words that were said with it.'},
            bases=['Model'],
        ),
    ]
