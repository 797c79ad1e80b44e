from tortoise import migrations
from tortoise.migrations import operations as ops
from chat.models import MessageKind
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = []

    initial = True

    operations = [
        ops.CreateModel(
            name='Conversation',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('subject', fields.CharField(unique=True, max_length=100)),
                ('title', fields.CharField(max_length=80)),
                ('last_seq', fields.IntField(default=0)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'chat_conversation', 'app': 'chat', 'pk_attr': 'id', 'table_description': "One place to talk, found by its subject. `last_seq` hands out the messages' numbers."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Member',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('conversation', fields.ForeignKeyField('chat.Conversation', source_field='conversation_id', db_constraint=True, to_field='id', related_name='members', on_delete=OnDelete.CASCADE)),
                ('person_id', fields.UUIDField()),
                ('name', fields.CharField(max_length=60)),
                ('organization', fields.CharField(default='', max_length=80)),
                ('may_write', fields.BooleanField(default=True)),
                ('read_seq', fields.IntField(default=0)),
                ('joined_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('left_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('left_seq', fields.IntField(null=True)),
            ],
            options={'table': 'chat_member', 'app': 'chat', 'unique_together': (('conversation', 'person_id'),), 'indexes': [Index(fields=['person_id'])], 'pk_attr': 'id', 'table_description': 'Who may read and write. Somebody who left keeps what they could read, not what follows.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Message',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('conversation', fields.ForeignKeyField('chat.Conversation', source_field='conversation_id', db_constraint=True, to_field='id', related_name='messages', on_delete=OnDelete.CASCADE)),
                ('seq', fields.IntField()),
                ('author_id', fields.UUIDField(null=True)),
                ('author_name', fields.CharField(default='', max_length=60)),
                ('client_id', fields.CharField(max_length=64)),
                ('kind', fields.CharEnumField(description='TEXT: text\nPICTURE: picture\nFILE: file\nSYSTEM: system', enum_type=MessageKind, max_length=10)),
                ('text', fields.TextField(default='', unique=False)),
                ('quote_seq', fields.IntField(null=True)),
                ('blob_id', fields.UUIDField(null=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('recalled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'chat_message', 'app': 'chat', 'unique_together': (('conversation', 'seq'), ('conversation', 'author_id', 'client_id')), 'pk_attr': 'id', 'table_description': 'One thing said. A recalled message keeps its content for the record and shows none of it.'},
            bases=['Model'],
        ),
    ]
