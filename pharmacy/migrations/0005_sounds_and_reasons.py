from tortoise import migrations
from core.migrating import AddColumn
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('pharmacy', '0004_review')]

    initial = False

    operations = [
        AddColumn(
            model_name='ImportFile',
            name='digest',
            field=fields.CharField(default='', max_length=64),
        ),
        AddColumn(
            model_name='Medication',
            name='online_reason',
            field=fields.CharField(default='', max_length=200),
        ),
        AddColumn(
            model_name='Medication',
            name='pinyin',
            field=fields.CharField(default='', max_length=255),
        ),
    ]
