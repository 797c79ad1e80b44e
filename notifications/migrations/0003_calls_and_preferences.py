from tortoise import migrations
from tortoise.migrations import operations as ops
from notifications.models import Channel
from notifications.states import Call
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('notifications', '0002_engine')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CallTask',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('communication', fields.OneToOneField('notifications.Communication', source_field='communication_id', db_constraint=True, to_field='id', related_name='call', on_delete=OnDelete.CASCADE)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('organization_id', fields.UUIDField()),
                ('status', fields.CharEnumField(default=Call.OPEN, description='OPEN: open\nREACHED: reached\nWRONG_NUMBER: wrong_number\nUNREACHED: unreached\nDROPPED: dropped', enum_type=Call, max_length=12)),
                ('tries', fields.IntField(default=0)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('note', fields.CharField(default='', max_length=200)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('done_by_name', fields.CharField(default='', max_length=60)),
            ],
            options={'table': 'notifications_call_task', 'app': 'notifications', 'indexes': [Index(fields=['organization_id', 'status', 'due_at'])], 'pk_attr': 'id', 'table_description': 'Somebody is to be called, because no channel reached them. FHIR: Task.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Preference',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('account_id', fields.UUIDField()),
                ('group', fields.CharField(max_length=12)),
                ('channel', fields.CharEnumField(description='WECHAT: wechat\nSMS: sms\nPHONE: phone', enum_type=Channel, max_length=12)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notifications_preference', 'app': 'notifications', 'unique_together': (('account_id', 'group', 'channel'),), 'pk_attr': 'id', 'table_description': 'A channel that an account has switched off for a group of topics.'},
            bases=['Model'],
        ),
    ]
