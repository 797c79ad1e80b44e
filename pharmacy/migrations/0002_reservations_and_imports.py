from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from pharmacy.formulary.models import ImportKind
from pharmacy.formulary.states import ReservationStatus
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

from core.migrating import AddCheck, AddColumn

class Migration(migrations.Migration):
    dependencies = [('pharmacy', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ImportFile',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('kind', fields.CharEnumField(description='FORMULARY: formulary\nRECEIPT: receipt', enum_type=ImportKind, max_length=10)),
                ('pharmacy', fields.ForeignKeyField('pharmacy.Pharmacy', source_field='pharmacy_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('organization_id', fields.UUIDField()),
                ('name', fields.CharField(max_length=120)),
                ('encoding', fields.CharField(max_length=20)),
                ('rows', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('refused', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('new', fields.IntField(default=0)),
                ('changed', fields.IntField(default=0)),
                ('same', fields.IntField(default=0)),
                ('made_by', fields.UUIDField()),
                ('by_name', fields.CharField(max_length=60)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('imported_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pharmacy_import_file', 'app': 'pharmacy', 'indexes': [Index(fields=['organization_id', 'made_at'])], 'pk_attr': 'id', 'table_description': 'A file somebody brought: first looked at (dry run), then taken over, once.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MedicationChange',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('medication', fields.ForeignKeyField('pharmacy.Medication', source_field='medication_id', db_constraint=True, to_field='id', related_name='history', on_delete=OnDelete.RESTRICT)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('changed_by', fields.UUIDField(null=True)),
                ('by_name', fields.CharField(max_length=60)),
                ('source', fields.CharField(default='', max_length=200)),
                ('reason', fields.CharField(default='', max_length=200)),
                ('changes', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
            ],
            options={'table': 'pharmacy_medication_change', 'app': 'pharmacy', 'indexes': [Index(fields=['medication_id', 'changed_at'])], 'pk_attr': 'id', 'table_description': 'One change of one product, never changed itself: by whom, from where, what was and what is.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Reservation',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=120)),
                ('pharmacy', fields.ForeignKeyField('pharmacy.Pharmacy', source_field='pharmacy_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('status', fields.CharEnumField(default=ReservationStatus.HELD, description='HELD: held\nISSUED: issued\nRELEASED: released', enum_type=ReservationStatus, max_length=8)),
                ('lines', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pharmacy_reservation', 'app': 'pharmacy', 'indexes': [Index(fields=['pharmacy_id', 'status'])], 'pk_attr': 'id', 'table_description': "What one order holds of one pharmacy's stock. Which lots, its moves say."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='StockMinimum',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('pharmacy', fields.ForeignKeyField('pharmacy.Pharmacy', source_field='pharmacy_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('medication', fields.ForeignKeyField('pharmacy.Medication', source_field='medication_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('units', fields.IntField()),
            ],
            options={'table': 'pharmacy_stock_minimum', 'app': 'pharmacy', 'unique_together': (('pharmacy_id', 'medication_id'),), 'pk_attr': 'id', 'table_description': 'Below how many units a pharmacy wants to be told that a drug runs low.'},
            bases=['Model'],
        ),
        AddColumn(
            model_name='StockLot',
            name='quarantine_reason',
            field=fields.CharField(default='', max_length=200),
        ),
        AddCheck('pharmacy_stock_lot', 'pharmacy_stock_lot_sound', 'reserved >= 0 AND on_hand >= reserved'),
        ops.AddIndex(
            model_name='StockLot',
            index=Index(fields=['medication_id', 'lot']),
        ),
        ops.AddField(
            model_name='StockMove',
            name='reservation',
            field=fields.ForeignKeyField('pharmacy.Reservation', source_field='reservation_id', null=True, db_constraint=True, to_field='id', related_name='moves', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddIndex(
            model_name='StockMove',
            index=Index(fields=['reservation_id', 'kind']),
        ),
    ]
