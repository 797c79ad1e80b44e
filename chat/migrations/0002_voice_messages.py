from tortoise import migrations
from tortoise.migrations import operations as ops
from chat.models import MessageKind
from core.migrating import AlterMeaning
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('chat', '0001_initial')]

    initial = False

    operations = [
        AlterMeaning(
            model_name='Message',
            name='kind',
            field=fields.CharEnumField(description='TEXT: text\nPICTURE: picture\nFILE: file\nVOICE: voice\nSYSTEM: system', enum_type=MessageKind, max_length=10),
        ),
        ops.AddField(
            model_name='Message',
            name='duration_ms',
            field=fields.IntField(null=True),
        ),
    ]
