from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from pharmacy.decoction.rules import Boil
from pharmacy.decoction.states import Status
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('people', '0010_reviews_open_records'), ('pharmacy', '0006_orders_and_dispensing')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Decoction',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=40)),
                ('status', fields.CharEnumField(default=Status.RECEIVED, description='RECEIVED: received\nWEIGHED: weighed\nRECHECKED: rechecked\nSOAKING: soaking\nBOILING: boiling\nBOILING_AGAIN: boiling_again\nPACKED: packed\nREADY: ready\nHANDED_OVER: handed_over\nREMADE: remade\nCANCELLED: cancelled', enum_type=Status, max_length=16)),
                ('open', fields.UUIDField(null=True, unique=True)),
                ('request', fields.ForeignKeyField('pharmacy.MedicationRequest', source_field='request_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('organization_id', fields.UUIDField()),
                ('doses', fields.IntField()),
                ('dose_g', fields.DecimalField(max_digits=8, decimal_places=2)),
                ('special', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('child', fields.BooleanField(default=False)),
                ('boil', fields.CharEnumField(default=Boil.ORDINARY, description='ORDINARY: ordinary\nLIGHT: light\nTONIC: tonic', enum_type=Boil, max_length=10)),
                ('urgent', fields.BooleanField(default=False)),
                ('remake_of', fields.UUIDField(null=True)),
                ('pot', fields.CharField(default='', max_length=20)),
                ('weighed_by', fields.UUIDField(null=True)),
                ('received_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('soak_began_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('boil_began_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('added_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('again_began_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pharmacy_decoction', 'app': 'pharmacy', 'indexes': [Index(fields=['organization_id', 'status']), Index(fields=['request_id'])], 'pk_attr': 'id', 'table_description': "One prescription's pieces on their way through the room."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DecoctionStep',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('decoction', fields.ForeignKeyField('pharmacy.Decoction', source_field='decoction_id', db_constraint=True, to_field='id', related_name='steps', on_delete=OnDelete.RESTRICT)),
                ('action', fields.CharField(max_length=12)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('by', fields.UUIDField(null=True)),
                ('by_name', fields.CharField(max_length=40)),
                ('station', fields.CharField(default='', max_length=20)),
                ('entries', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
            ],
            options={'table': 'pharmacy_decoction_step', 'app': 'pharmacy', 'indexes': [Index(fields=['decoction_id', 'at'])], 'pk_attr': 'id', 'table_description': 'Who did what, when, where. Never changed. `entries` holds what was measured.'},
            bases=['Model'],
        ),
    ]
