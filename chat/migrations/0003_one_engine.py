from tortoise import migrations
from tortoise.migrations import operations as ops
from core.migrating import AddColumn
from chat.speakers import PersonKind
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('chat', '0002_voice_messages')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Phrase',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('department', fields.CharField(default='', max_length=30)),
                ('owner_id', fields.UUIDField(null=True)),
                ('made_by', fields.UUIDField()),
                ('text', fields.CharField(max_length=500)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'chat_phrase', 'app': 'chat', 'indexes': [Index(fields=['organization_id', 'department']), Index(fields=['owner_id'])], 'pk_attr': 'id', 'table_description': 'A canned sentence (常用语): of one doctor, or of a department (`owner_id` is null).'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Conversation',
            name='held_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        AddColumn(
            model_name='Conversation',
            name='hold_reason',
            field=fields.CharField(default='', max_length=200),
        ),
        AddColumn(
            model_name='Conversation',
            name='last_change',
            field=fields.IntField(default=0),
        ),
        AddColumn(
            model_name='Member',
            name='kind',
            field=fields.CharEnumField(default=PersonKind.STAFF, description='STAFF: staff\nRESIDENT: resident\nGUEST: guest', enum_type=PersonKind, max_length=10),
        ),
        ops.AddField(
            model_name='Message',
            name='account_id',
            field=fields.UUIDField(null=True),
        ),
        AddColumn(
            model_name='Message',
            name='change',
            field=fields.IntField(default=0),
        ),
        AddColumn(
            model_name='Message',
            name='folded',
            field=fields.TextField(default='', unique=False),
        ),
        ops.AddIndex(
            model_name='Message',
            index=Index(fields=['conversation_id', 'change']),
        ),
        ops.RunSQL(
            "UPDATE chat_message SET change = seq, folded = lower(text)",
            ops.RunSQL.noop,
        ),
        ops.RunSQL(
            "UPDATE chat_conversation SET last_change = last_seq",
            ops.RunSQL.noop,
        ),
    ]
