from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.outbox import OutboxStatus
from json import dumps, loads
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = []

    initial = True

    operations = [
        ops.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('account_id', fields.UUIDField()),
                ('account_name', fields.CharField(max_length=60)),
                ('organization_id', fields.UUIDField()),
                ('action', fields.CharField(max_length=80)),
                ('subject', fields.CharField(max_length=100)),
                ('patient_id', fields.UUIDField(null=True, db_index=True)),
                ('outcome', fields.CharField(default='success', max_length=20)),
                ('reason', fields.CharField(default='', max_length=300)),
                ('request_id', fields.CharField(max_length=40)),
                ('address', fields.CharField(max_length=45)),
                ('mac', fields.CharField(max_length=64)),
                ('seq', fields.BigIntField(null=True, unique=True)),
                ('chain', fields.CharField(null=True, max_length=64)),
            ],
            options={'table': 'core_audit_event', 'app': 'core', 'indexes': [Index(fields=['subject']), Index(fields=['at'])], 'pk_attr': 'id', 'table_description': 'One act on `subject` (`Kind/id`), and whose record it touched.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AuditHead',
            fields=[
                ('id', fields.IntField(primary_key=True, unique=True, db_index=True)),
                ('seq', fields.BigIntField()),
                ('chain', fields.CharField(max_length=64)),
                ('mac', fields.CharField(max_length=64)),
            ],
            options={'table': 'core_audit_head', 'app': 'core', 'pk_attr': 'id', 'table_description': 'The end of the chain, one row, which sealers lock and which betrays a cut-off tail.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Blob',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('sha256', fields.CharField(db_index=True, max_length=64)),
                ('content_type', fields.CharField(max_length=60)),
                ('name', fields.CharField(max_length=120)),
                ('size', fields.BigIntField()),
                ('width', fields.IntField(null=True)),
                ('height', fields.IntField(null=True)),
                ('has_thumbnail', fields.BooleanField(default=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'core_blob', 'app': 'core', 'pk_attr': 'id', 'table_description': 'One stored file under the name its sender gave it, with the hash of its plain content.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='IdempotentAnswer',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('scope', fields.CharField(unique=True, max_length=64)),
                ('fingerprint', fields.CharField(max_length=64)),
                ('status', fields.IntField(default=0)),
                ('location', fields.CharField(default='', max_length=300)),
                ('body', fields.TextField(default='', unique=False)),
                ('content_type', fields.CharField(default='', max_length=60)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'core_idempotent_answer', 'app': 'core', 'indexes': [Index(fields=['at'])], 'pk_attr': 'id', 'table_description': 'The answer once given. `status` is 0 while the first attempt runs.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='OutboxEntry',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(max_length=100)),
                ('subject', fields.CharField(default='', max_length=100)),
                ('payload', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('key', fields.CharField(null=True, unique=True, max_length=160)),
                ('status', fields.CharEnumField(default=OutboxStatus.WAITING, description='WAITING: waiting\nDONE: done\nCANCELLED: cancelled\nPARKED: parked', enum_type=OutboxStatus, max_length=16)),
                ('recorded_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('leased_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('lease', fields.CharField(null=True, max_length=16)),
                ('attempts', fields.IntField(default=0)),
                ('last_error', fields.CharField(default='', max_length=300)),
            ],
            options={'table': 'core_outbox', 'app': 'core', 'indexes': [Index(fields=['status', 'due_at', 'id']), Index(fields=['subject', 'status'])], 'pk_attr': 'id', 'table_description': 'One recorded fact. `subject` keeps the order of facts about the same thing.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='OutboxReceipt',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('entry_id', fields.BigIntField()),
                ('reaction', fields.CharField(max_length=160)),
            ],
            options={'table': 'core_outbox_receipt', 'app': 'core', 'unique_together': (('entry_id', 'reaction'),), 'pk_attr': 'id', 'table_description': 'Proof that one reaction to one fact is finished.'},
            bases=['Model'],
        ),
    ]
