from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('people', '0005_where_houses_are')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='Patient',
            index=Index(fields=['created_at', 'id']),
        ),
    ]
