from tortoise import migrations
from tortoise.migrations import operations as ops
from core.crypto import SealedField
from devices.models import Kind, Reason, Way
from devices.states import DeviceStatus, MessageStatus
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('people', '0013_deaths')]

    initial = True

    operations = [
        ops.CreateModel(
            name='Device',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=40)),
                ('kind', fields.CharEnumField(description='PRESSURE: blood-pressure\nGLUCOSE: glucose\nCOMBINED: combined', enum_type=Kind, max_length=16)),
                ('maker', fields.CharField(max_length=40)),
                ('model', fields.CharField(max_length=40)),
                ('serial', fields.CharField(default='', max_length=60)),
                ('format', fields.CharField(max_length=20)),
                ('organization', fields.ForeignKeyField('people.Organization', source_field='organization_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('key', SealedField(unique=False)),
                ('key_since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('status', fields.CharEnumField(default=DeviceStatus.IN_USE, description='IN_USE: in-use\nLOST: lost\nRETIRED: retired', enum_type=DeviceStatus, max_length=8)),
                ('status_note', fields.CharField(default='', max_length=200)),
                ('registered_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('registered_by', fields.CharField(max_length=40)),
                ('seen_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('offset_s', fields.IntField(null=True)),
                ('battery', fields.SmallIntField(null=True)),
            ],
            options={'table': 'devices_device', 'app': 'devices', 'indexes': [Index(fields=['organization_id', 'status'])], 'pk_attr': 'id', 'table_description': 'One device of one clinic. `code` is what it calls itself, `key` signs its messages.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Loan',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('device', fields.ForeignKeyField('devices.Device', source_field='device_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('open_device_id', fields.UUIDField(null=True, unique=True)),
                ('lent_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('lent_by', fields.CharField(max_length=40)),
                ('returned_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('returned_by', fields.CharField(default='', max_length=40)),
            ],
            options={'table': 'devices_loan', 'app': 'devices', 'indexes': [Index(fields=['device_id', 'lent_at']), Index(fields=['patient_id'])], 'pk_attr': 'id', 'table_description': "A device at a resident's home: whatever it measured meanwhile is theirs."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Measuring',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('device', fields.ForeignKeyField('devices.Device', source_field='device_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('begun_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('begun_by', fields.CharField(max_length=40)),
                ('until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'devices_measuring', 'app': 'devices', 'indexes': [Index(fields=['device_id', 'begun_at'])], 'pk_attr': 'id', 'table_description': "正在给谁量: who sits before a clinic's device, from `begun_at` until `until` at the latest."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RawMessage',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('device', fields.ForeignKeyField('devices.Device', source_field='device_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('code', fields.CharField(max_length=40)),
                ('way', fields.CharEnumField(description='HTTP: http\nMQTT: mqtt', enum_type=Way, max_length=4)),
                ('path', fields.CharField(max_length=200)),
                ('received_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('sha256', fields.CharField(max_length=64)),
                ('size', fields.IntField()),
                ('body', SealedField(unique=False)),
                ('status', fields.CharEnumField(default=MessageStatus.RECEIVED, description='RECEIVED: received\nACCEPTED: accepted\nDUPLICATE: duplicate\nHELD: held\nREFUSED: refused', enum_type=MessageStatus, max_length=12)),
                ('reason', fields.CharEnumField(null=True, description='UNKNOWN_DEVICE: unknown_device\nSIGNATURE: signature\nLOST: lost\nRETIRED: retired\nTOO_LARGE: too_large\nUNREADABLE: unreadable\nIMPOSSIBLE: impossible\nUNIT: unit\nID_REUSED: id_reused\nFUTURE: future\nCLOCK: clock\nANCIENT: ancient\nNO_PATIENT: no_patient\nUNKNOWN_PATIENT: unknown_patient\nANOTHER_PATIENT: another_patient\nTWO_PATIENTS: two_patients\nCARD: card\nDECEASED: deceased\nDISMISSED: dismissed\nSTALE: stale', enum_type=Reason, max_length=20)),
                ('words', fields.CharField(default='', max_length=300)),
                ('message_of', fields.UUIDField(null=True)),
                ('measured_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('critical', fields.BooleanField(default=False)),
                ('patient_id', fields.UUIDField(null=True)),
                ('panel_id', fields.UUIDField(null=True)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('settled_by', fields.CharField(default='', max_length=40)),
            ],
            options={'table': 'devices_message', 'app': 'devices', 'indexes': [Index(fields=['device_id', 'received_at']), Index(fields=['status', 'received_at']), Index(fields=['received_at']), Index(fields=['patient_id'])], 'pk_attr': 'id', 'table_description': 'One message as it came, kept before it is understood, and what became of it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TakenReading',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('device', fields.ForeignKeyField('devices.Device', source_field='device_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('measurement_id', fields.CharField(max_length=80)),
                ('fingerprint', fields.CharField(max_length=64)),
                ('about', fields.CharField(default='', max_length=64)),
                ('measured_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('message_id', fields.UUIDField()),
            ],
            options={'table': 'devices_reading', 'app': 'devices', 'unique_together': (('device_id', 'measurement_id'),), 'indexes': [Index(fields=['device_id', 'fingerprint'])], 'pk_attr': 'id', 'table_description': 'What a device has said already, by its own number and by its values (`fingerprint`).'},
            bases=['Model'],
        ),
    ]
