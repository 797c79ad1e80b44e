from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from pharmacy.dispensing.models import Shown
from pharmacy.dispensing.states import DispenseStatus
from pharmacy.orders.models import Paid, Way
from pharmacy.orders.states import OrderStatus
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('people', '0010_reviews_open_records'), ('pharmacy', '0005_sounds_and_reasons')]

    initial = False

    operations = [
        ops.CreateModel(
            name='MedicationOrder',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=OrderStatus.PAY_PENDING, description='PAY_PENDING: pay_pending\nPAID: paid\nPREPARING: preparing\nREADY: ready\nPICKED_UP: picked_up\nCLOSED: closed\nREFUNDING: refunding\nREFUNDED: refunded', enum_type=OrderStatus, max_length=12)),
                ('request', fields.ForeignKeyField('pharmacy.MedicationRequest', source_field='request_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('open', fields.CharField(null=True, unique=True, max_length=36)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('pharmacy', fields.ForeignKeyField('pharmacy.Pharmacy', source_field='pharmacy_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('organization_id', fields.UUIDField()),
                ('way', fields.CharEnumField(default=Way.PICK_UP, description='PICK_UP: pick_up', enum_type=Way, max_length=10)),
                ('drugs_fen', fields.IntField()),
                ('delivery_fen', fields.IntField(default=0)),
                ('decoction_fen', fields.IntField(default=0)),
                ('amount_fen', fields.IntField()),
                ('payment', fields.CharEnumField(default=Paid.PENDING, description='PENDING: pending\nONLINE: online\nCASH: cash\nFREE: free', enum_type=Paid, max_length=8)),
                ('account_id', fields.UUIDField(null=True)),
                ('made_by', fields.UUIDField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('pay_by', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('paid_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('begun_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ready_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('handed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('end_reason', fields.CharField(default='', max_length=200)),
                ('refund_fen', fields.IntField(default=0)),
                ('refunded_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pharmacy_order', 'app': 'pharmacy', 'indexes': [Index(fields=['request_id', 'created_at']), Index(fields=['patient_id', 'created_at']), Index(fields=['status', 'pay_by']), Index(fields=['pharmacy_id', 'status'])], 'pk_attr': 'id', 'table_description': 'One order of one approved prescription at one pharmacy.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MedicationDispense',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=DispenseStatus.PREPARATION, description='PREPARATION: preparation\nIN_PROGRESS: in-progress\nPICKED: picked\nREADY: ready\nCOMPLETED: completed\nSTOPPED: stopped\nCANCELLED: cancelled', enum_type=DispenseStatus, max_length=12)),
                ('order', fields.OneToOneField('pharmacy.MedicationOrder', source_field='order_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('request', fields.ForeignKeyField('pharmacy.MedicationRequest', source_field='request_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('pharmacy', fields.ForeignKeyField('pharmacy.Pharmacy', source_field='pharmacy_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('organization_id', fields.UUIDField()),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('round', fields.IntField(default=0)),
                ('picked_by', fields.UUIDField(null=True)),
                ('picked_by_name', fields.CharField(default='', max_length=40)),
                ('picked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('return_reason', fields.CharField(default='', max_length=200)),
                ('checked_by', fields.UUIDField(null=True)),
                ('checked_by_name', fields.CharField(default='', max_length=40)),
                ('checked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('boxes', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('code', fields.CharField(null=True, unique=True, max_length=12)),
                ('handed_by_name', fields.CharField(default='', max_length=40)),
                ('handed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('shown', fields.CharEnumField(null=True, description='CODE: code\nDOCUMENT: document', enum_type=Shown, max_length=8)),
                ('received_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('stop_reason', fields.CharField(default='', max_length=200)),
                ('stopped_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('put_back_by_name', fields.CharField(default='', max_length=40)),
                ('put_back_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pharmacy_dispense', 'app': 'pharmacy', 'indexes': [Index(fields=['organization_id', 'status', 'opened_at']), Index(fields=['request_id'])], 'pk_attr': 'id', 'table_description': 'One order being made ready at its pharmacy. One for an order (unique).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DispensePick',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('dispense', fields.ForeignKeyField('pharmacy.MedicationDispense', source_field='dispense_id', db_constraint=True, to_field='id', related_name='picks', on_delete=OnDelete.RESTRICT)),
                ('line', fields.ForeignKeyField('pharmacy.PrescribedLine', source_field='line_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('stock_lot', fields.ForeignKeyField('pharmacy.StockLot', source_field='stock_lot_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('units', fields.IntField()),
                ('trace_code', fields.CharField(default='', max_length=40)),
                ('reason', fields.CharField(default='', max_length=60)),
                ('picked_by', fields.UUIDField()),
                ('picked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('undone_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pharmacy_dispense_pick', 'app': 'pharmacy', 'indexes': [Index(fields=['dispense_id', 'undone_at']), Index(fields=['trace_code'])], 'pk_attr': 'id', 'table_description': 'Units of one lot taken from the shelf for one line, by one scan.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='OrderCash',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('order', fields.ForeignKeyField('pharmacy.MedicationOrder', source_field='order_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharField(max_length=8)),
                ('amount_fen', fields.IntField()),
                ('organization_id', fields.UUIDField()),
                ('practitioner_id', fields.UUIDField()),
                ('practitioner_name', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pharmacy_order_cash', 'app': 'pharmacy', 'unique_together': (('order_id', 'kind'),), 'indexes': [Index(fields=['organization_id', 'at'])], 'pk_attr': 'id', 'table_description': 'Cash for an order, taken (`fee`) or given back (`refund`), by whom and where.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TraceCode',
            fields=[
                ('code', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40)),
                ('medication_id', fields.UUIDField()),
                ('pack_units', fields.IntField()),
                ('sold', fields.IntField(default=0)),
            ],
            options={'table': 'pharmacy_trace_code', 'app': 'pharmacy', 'pk_attr': 'code', 'table_description': 'One pack with its own code (追溯码), and how many of its units have been sold.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TraceReport',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('code', fields.CharField(max_length=40)),
                ('dispense_id', fields.UUIDField()),
                ('organization_id', fields.UUIDField()),
                ('reported_by', fields.UUIDField()),
                ('reported_by_name', fields.CharField(max_length=40)),
                ('reported_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pharmacy_trace_report', 'app': 'pharmacy', 'unique_together': (('code', 'dispense_id'),), 'indexes': [Index(fields=['organization_id', 'reported_at'])], 'pk_attr': 'id', 'table_description': 'A code that was sold before turned up again: perhaps a forged or returned pack.'},
            bases=['Model'],
        ),
    ]
