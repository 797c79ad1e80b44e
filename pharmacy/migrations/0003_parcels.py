from tortoise import migrations
from tortoise.migrations import operations as ops
from core.crypto import SealedField
from pharmacy.delivery.states import Carrier, Status, Word
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('people', '0009_department_grants'), ('pharmacy', '0002_reservations_and_imports')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Parcel',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=Status.SEALED, description='SEALED: sealed\nHANDED_OVER: handed_over\nIN_TRANSIT: in_transit\nDELIVERING: delivering\nREFUSED: refused\nRETURNING: returning\nSIGNED: signed\nRETURNED: returned\nLOST: lost\nDAMAGED: damaged\nTOO_WARM: too_warm\nCANCELLED: cancelled', enum_type=Status, max_length=12)),
                ('subject', fields.CharField(unique=True, max_length=100)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('pharmacy', fields.ForeignKeyField('pharmacy.Pharmacy', source_field='pharmacy_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('carrier', fields.CharEnumField(description='COURIER: courier\nOWN: own\nVILLAGE: village', enum_type=Carrier, max_length=8)),
                ('recipient_name', SealedField(unique=False)),
                ('recipient_phone', SealedField(unique=False)),
                ('address', SealedField(unique=False)),
                ('cold', fields.BooleanField(default=False)),
                ('tracking_number', fields.CharField(null=True, unique=True, max_length=40)),
                ('disputed', fields.BooleanField(default=False)),
                ('problem', fields.CharField(default='', max_length=200)),
                ('sealed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('handed_over_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('cancel_asked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('tries', fields.IntField(default=0)),
            ],
            options={'table': 'pharmacy_parcel', 'app': 'pharmacy', 'indexes': [Index(fields=['due_at']), Index(fields=['patient_id', 'sealed_at']), Index(fields=['pharmacy_id', 'status'])], 'pk_attr': 'id', 'table_description': 'One sealed bag on its way. `subject` names what was dispensed (`MedicationDispense/…`).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ParcelEvent',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('parcel', fields.ForeignKeyField('pharmacy.Parcel', source_field='parcel_id', db_constraint=True, to_field='id', related_name='events', on_delete=OnDelete.RESTRICT)),
                ('word', fields.CharEnumField(description='PICKED_UP: picked_up\nIN_TRANSIT: in_transit\nDELIVERING: delivering\nPROBLEM: problem\nREFUSED: refused\nRETURNING: returning\nSIGNED: signed\nRETURN_SIGNED: return_signed\nLOST: lost\nDAMAGED: damaged', enum_type=Word, max_length=16)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('place', fields.CharField(default='', max_length=80)),
                ('note', fields.CharField(default='', max_length=200)),
                ('heard_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pharmacy_parcel_event', 'app': 'pharmacy', 'unique_together': (('parcel_id', 'word', 'at'),), 'pk_attr': 'id', 'table_description': 'One thing a carrier said happened at `at`, kept once however often it is said.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ParcelReading',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('parcel', fields.ForeignKeyField('pharmacy.Parcel', source_field='parcel_id', db_constraint=True, to_field='id', related_name='readings', on_delete=OnDelete.RESTRICT)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('tenths', fields.IntField()),
            ],
            options={'table': 'pharmacy_parcel_reading', 'app': 'pharmacy', 'unique_together': (('parcel_id', 'at'),), 'pk_attr': 'id', 'table_description': "One reading of a cold parcel's logger, in tenths of a degree Celsius."},
            bases=['Model'],
        ),
    ]
