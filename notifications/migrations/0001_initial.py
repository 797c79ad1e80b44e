from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from notifications.models import Channel
from notifications.states import Delivery
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('people', '0004_residents')]

    initial = True

    operations = [
        ops.CreateModel(
            name='Communication',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('account_id', fields.UUIDField()),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('topic', fields.CharField(max_length=40)),
                ('subject', fields.CharField(max_length=100)),
                ('title', fields.CharField(max_length=40)),
                ('text', fields.CharField(max_length=300)),
                ('words', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('page', fields.CharField(default='', max_length=120)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('read_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notifications_communication', 'app': 'notifications', 'unique_together': (('account_id', 'topic', 'subject'),), 'indexes': [Index(fields=['account_id', 'created_at'])], 'pk_attr': 'id', 'table_description': 'One thing one account is told, about one patient. `page` is where it leads in the H5.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Attempt',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('communication', fields.ForeignKeyField('notifications.Communication', source_field='communication_id', db_constraint=True, to_field='id', related_name='attempts', on_delete=OnDelete.CASCADE)),
                ('channel', fields.CharEnumField(description='WECHAT: wechat', enum_type=Channel, max_length=12)),
                ('status', fields.CharEnumField(default=Delivery.SENDING, description='SENDING: sending\nSENT: sent\nNO_CONSENT: no_consent\nREFUSED: refused\nFAILED: failed\nUNSURE: unsure', enum_type=Delivery, max_length=12)),
                ('code', fields.CharField(default='', max_length=60)),
                ('tries', fields.IntField(default=1)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notifications_attempt', 'app': 'notifications', 'unique_together': (('communication_id', 'channel'),), 'pk_attr': 'id', 'table_description': "What became of one communication on one channel. `code` is the channel's refusal."},
            bases=['Model'],
        ),
    ]
