from tortoise import migrations
from tortoise.migrations import operations as ops
from core.migrating import AddColumn
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('chat', '0003_one_engine')]

    initial = False

    operations = [
        ops.AlterModelOptions(
            name='Member',
            options={'table': 'chat_member', 'app': 'chat', 'unique_together': (('conversation', 'person_id'),), 'indexes': [Index(fields=['person_id'])], 'pk_attr': 'id', 'table_description': 'Who may read and write. Somebody who left keeps what they could read, not what follows; a'},
        ),
        AddColumn(
            model_name='Member',
            name='from_seq',
            field=fields.IntField(default=0),
        ),
    ]
