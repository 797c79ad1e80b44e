from tortoise import migrations
from tortoise.migrations import operations as ops
from core.migrating import AddColumn, AlterMeaning
from core.crypto import SealedField
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('core', '0001_initial')]

    initial = False

    operations = [
        # Answers of the last day lie there in plain; who repeats one of them now is asked anew.
        ops.RunSQL('DELETE FROM core_idempotent_answer', ''),
        ops.AlterModelOptions(
            name='IdempotentAnswer',
            options={'table': 'core_idempotent_answer', 'app': 'core', 'indexes': [Index(fields=['at'])], 'pk_attr': 'id', 'table_description': 'The answer once given. `status` is 0 while an attempt runs; `lease` says which one.'},
        ),
        AlterMeaning(
            model_name='IdempotentAnswer',
            name='body',
            field=SealedField(default='', unique=False),
        ),
        AddColumn(
            model_name='IdempotentAnswer',
            name='lease',
            field=fields.CharField(default='', max_length=16),
        ),
    ]
