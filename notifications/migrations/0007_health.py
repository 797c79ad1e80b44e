from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [('notifications', '0006_official_channel')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Hold',
            fields=[
                ('channel', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=12)),
                ('reason', fields.CharField(max_length=200)),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('by_name', fields.CharField(max_length=60)),
            ],
            options={'table': 'notifications_hold', 'app': 'notifications', 'pk_attr': 'channel', 'table_description': 'While the row is there no message is taken for this channel. The audit log has the history.'},
            bases=['Model'],
        ),
        ops.RunSQL(
            'CREATE INDEX notifications_parked ON notifications_communication (channel) '
            "WHERE status = 'parked'",
            'DROP INDEX notifications_parked',
        ),
    ]
