from tortoise import migrations
from tortoise.migrations import operations as ops
from payments.models import Fault, Side, Source
from payments.states import Clearing, RefundStatus, Status
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('people', '0002_emergency_review')]

    initial = True

    operations = [
        ops.CreateModel(
            name='BillDay',
            fields=[
                ('day', fields.DateField(primary_key=True, unique=True, db_index=True)),
                ('due_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('looks', fields.IntField(default=0)),
                ('fetched_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('payments', fields.IntField(default=0)),
                ('paid_fen', fields.BigIntField(default=0)),
                ('refunds', fields.IntField(default=0)),
                ('refunded_fen', fields.BigIntField(default=0)),
                ('failure', fields.CharField(default='', max_length=40)),
            ],
            options={'table': 'payments_bill_day', 'app': 'payments', 'indexes': [Index(fields=['due_at'])], 'pk_attr': 'day', 'table_description': "The reconciliation of one day, done when `fetched_at` is there. Sums are WeChat's."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Difference',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=Clearing.OPEN, description='OPEN: open\nCLEARED: cleared\nHANDLED: handled', enum_type=Clearing, max_length=8)),
                ('side', fields.CharEnumField(description='PAYMENT: payment\nREFUND: refund', enum_type=Side, max_length=8)),
                ('fault', fields.CharEnumField(description='MISSING: missing\nUNKNOWN: unknown\nAMOUNT: amount\nTWICE: twice\nAFTER_HAND: after_hand', enum_type=Fault, max_length=10)),
                ('number', fields.CharField(max_length=64)),
                ('day', fields.DateField()),
                ('ours_fen', fields.IntField(null=True)),
                ('wechat_fen', fields.IntField(null=True)),
                ('found_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('handled_by_name', fields.CharField(default='', max_length=60)),
                ('note', fields.CharField(default='', max_length=300)),
            ],
            options={'table': 'payments_difference', 'app': 'payments', 'unique_together': (('side', 'fault', 'number'),), 'indexes': [Index(fields=['status', 'day'])], 'pk_attr': 'id', 'table_description': "One thing in which our books and WeChat's differ, found by a bill or by a notice."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Payment',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=Status.ORDERED, description='ORDERED: ordered\nPAID: paid\nCLOSED: closed\nWRONG_AMOUNT: wrong_amount\nLATE: late', enum_type=Status, max_length=12)),
                ('subject', fields.CharField(max_length=100)),
                ('out_trade_no', fields.CharField(unique=True, max_length=32)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('account_id', fields.UUIDField()),
                ('organization_id', fields.UUIDField(null=True)),
                ('openid', fields.CharField(max_length=64)),
                ('description', fields.CharField(max_length=127)),
                ('amount_fen', fields.IntField()),
                ('ordered_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('prepay_id', fields.CharField(default='', max_length=64)),
                ('prepaid_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('looks', fields.IntField(default=0)),
                ('withdrawn_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('transaction_id', fields.CharField(default='', max_length=64)),
                ('settled_fen', fields.IntField(null=True)),
                ('paid_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('settled_by', fields.CharEnumField(null=True, description='NOTICE: notice\nQUERY: query\nBILL: bill', enum_type=Source, max_length=8)),
                ('refunded_fen', fields.IntField(default=0)),
                ('billed_on', fields.DateField(null=True)),
            ],
            options={'table': 'payments_payment', 'app': 'payments', 'indexes': [Index(fields=['subject', 'status']), Index(fields=['due_at']), Index(fields=['paid_at']), Index(fields=['ordered_at'])], 'pk_attr': 'id', 'table_description': 'One order at WeChat Pay, as it was first made: what was ordered is never changed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Refund',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=RefundStatus.REQUESTED, description='REQUESTED: requested\nPROCESSING: processing\nSTUCK: stuck\nSETTLED: settled\nBY_HAND: by_hand', enum_type=RefundStatus, max_length=10)),
                ('payment', fields.ForeignKeyField('payments.Payment', source_field='payment_id', db_constraint=True, to_field='id', related_name='refunds', on_delete=OnDelete.RESTRICT)),
                ('key', fields.CharField(max_length=100)),
                ('number', fields.CharField(unique=True, max_length=64)),
                ('attempt', fields.IntField(default=1)),
                ('amount_fen', fields.IntField()),
                ('reason', fields.CharField(max_length=80)),
                ('requested_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('requested_by_name', fields.CharField(max_length=60)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('looks', fields.IntField(default=0)),
                ('failure', fields.CharField(default='', max_length=40)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('settled_by_name', fields.CharField(default='', max_length=60)),
                ('note', fields.CharField(default='', max_length=300)),
                ('billed_on', fields.DateField(null=True)),
            ],
            options={'table': 'payments_refund', 'app': 'payments', 'unique_together': (('payment_id', 'key'),), 'indexes': [Index(fields=['due_at']), Index(fields=['status']), Index(fields=['sent_at'])], 'pk_attr': 'id', 'table_description': 'Money on its way back. `key` makes a repeat harmless, `number` is our name for it at WeChat.'},
            bases=['Model'],
        ),
        # A subject has one order that can be paid or is paid.
        ops.RunSQL(
            'CREATE UNIQUE INDEX payments_one_live_order ON payments_payment (subject) '
            "WHERE status IN ('ordered', 'paid')",
            'DROP INDEX payments_one_live_order',
        ),
    ]
