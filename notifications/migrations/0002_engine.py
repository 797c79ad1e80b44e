"""Intent, attempt and receipt apart. What was told so far stays; what was just to be sent is sent."""

import functools
from json import dumps, loads
from uuid import uuid4

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from notifications.models import Channel, Heard, RecipientKind
from notifications.states import Delivery, Stage

KEEP = ('communication', 'attempt')
COMMUNICATIONS = """
INSERT INTO notifications_communication (id, recipient_kind, recipient_id, patient_id, topic, subject,
  title, text, words, page, created_at, due_at, next_at, status, channel, tries, read_at)
SELECT kept.id, 'account', kept.account_id, kept.patient_id, kept.topic, kept.subject, kept.title,
  kept.text, kept.words, kept.page, kept.created_at, kept.created_at, kept.created_at,
  CASE WHEN EXISTS (SELECT 1 FROM kept_attempt WHERE communication_id = kept.id AND status = 'sent')
    THEN 'sent' WHEN waits.subject IS NOT NULL THEN 'waiting' ELSE 'inbox' END,
  CASE WHEN waits.subject IS NOT NULL THEN 'wechat' END, 0, kept.read_at
FROM kept_communication AS kept
LEFT JOIN (SELECT DISTINCT subject FROM core_outbox
  WHERE name = 'notifications.CommunicationWritten' AND status = 'waiting') AS waits
  ON waits.subject = 'Communication/' || CAST(kept.id AS TEXT)
"""
ATTEMPTS = """
INSERT INTO notifications_attempt (id, communication_id, channel, status, code, account_id, template_id,
  message_id, at)
SELECT kept.id, kept.communication_id, kept.channel,
  CASE WHEN kept.status IN ('sending', 'unsure') THEN 'given_up' ELSE kept.status END, kept.code,
  told.account_id, '', '', kept.at
FROM kept_attempt AS kept JOIN kept_communication AS told ON told.id = kept.communication_id
"""
COMMUNICATION_FIELDS = [
    ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
    ('recipient_kind', fields.CharEnumField(enum_type=RecipientKind, max_length=8)),
    ('recipient_id', fields.UUIDField()),
    ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
    ('topic', fields.CharField(max_length=40)),
    ('subject', fields.CharField(max_length=100)),
    ('title', fields.CharField(max_length=40)),
    ('text', fields.CharField(max_length=300)),
    ('words', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
    ('page', fields.CharField(default='', max_length=120)),
    ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
    ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
    ('next_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
    ('expires_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
    ('status', fields.CharEnumField(enum_type=Stage, max_length=12)),
    ('channel', fields.CharEnumField(null=True, enum_type=Channel, max_length=12)),
    ('tries', fields.IntField(default=0)),
    ('lease', fields.CharField(null=True, max_length=16)),
    ('leased_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
    ('read_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
]
ATTEMPT_FIELDS = [
    ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
    ('communication', fields.ForeignKeyField('notifications.Communication', source_field='communication_id', db_constraint=True, to_field='id', related_name='attempts', on_delete=OnDelete.CASCADE)),
    ('channel', fields.CharEnumField(enum_type=Channel, max_length=12)),
    ('status', fields.CharEnumField(default=Delivery.SENDING, enum_type=Delivery, max_length=12)),
    ('code', fields.CharField(default='', max_length=60)),
    ('account_id', fields.UUIDField()),
    ('template_id', fields.CharField(default='', max_length=64)),
    ('message_id', fields.CharField(default='', max_length=64)),
    ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
]
RECEIPT_FIELDS = [
    ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
    ('communication', fields.ForeignKeyField('notifications.Communication', source_field='communication_id', db_constraint=True, to_field='id', related_name='receipts', on_delete=OnDelete.CASCADE)),
    ('channel', fields.CharField(max_length=12)),
    ('kind', fields.CharEnumField(enum_type=Heard, max_length=12)),
    ('code', fields.CharField(default='', max_length=60)),
    ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
]

class Migration(migrations.Migration):
    dependencies = [('notifications', '0001_initial'), ('people', '0004_residents'), ('core', '0001_initial')]

    initial = False

    operations = [
        *(ops.RunSQL(f'CREATE TABLE kept_{name} AS SELECT * FROM notifications_{name}', ops.RunSQL.noop) for name in KEEP),
        ops.DeleteModel(name='Attempt'),
        ops.DeleteModel(name='Communication'),
        ops.CreateModel(
            name='Communication',
            fields=COMMUNICATION_FIELDS,
            options={'table': 'notifications_communication', 'app': 'notifications', 'unique_together': (('recipient_id', 'topic', 'subject'),), 'indexes': [Index(fields=['recipient_id', 'due_at']), Index(fields=['channel', 'status', 'next_at']), Index(fields=['status', 'leased_until']), Index(fields=['topic', 'subject'])], 'pk_attr': 'id', 'table_description': 'The intent: one thing one recipient is told, about one patient, when it is due.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Attempt',
            fields=ATTEMPT_FIELDS,
            options={'table': 'notifications_attempt', 'app': 'notifications', 'indexes': [Index(fields=['channel', 'message_id']), Index(fields=['status', 'channel']), Index(fields=['at'])], 'pk_attr': 'id', 'table_description': 'One try to bring one communication by one channel. `code` says why it did not work.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Receipt',
            fields=RECEIPT_FIELDS,
            options={'table': 'notifications_receipt', 'app': 'notifications', 'unique_together': (('communication_id', 'channel', 'kind'),), 'indexes': [Index(fields=['channel', 'at'])], 'pk_attr': 'id', 'table_description': 'A word about a message afterwards: of the channel, or of the one who reads it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Bucket',
            fields=[
                ('channel', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=12)),
                ('level', fields.FloatField()),
                ('at', fields.FloatField()),
            ],
            options={'table': 'notifications_bucket', 'app': 'notifications', 'pk_attr': 'channel', 'table_description': 'How many messages a channel may take just now. All processes draw from it.'},
            bases=['Model'],
        ),
        ops.RunSQL(COMMUNICATIONS, ops.RunSQL.noop),
        ops.RunSQL(ATTEMPTS, ops.RunSQL.noop),
        *(ops.RunSQL(f'DROP TABLE kept_{name}', ops.RunSQL.noop) for name in reversed(KEEP)),
        ops.RunSQL(
            'CREATE UNIQUE INDEX notifications_one_under_way ON notifications_attempt '
            "(account_id, channel, template_id) WHERE status IN ('sending', 'unsure') "
            "AND template_id <> ''",
            'DROP INDEX notifications_one_under_way',
        ),
    ]
