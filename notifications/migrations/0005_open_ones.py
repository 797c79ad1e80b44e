"""What is open is found by indexes of its own: an index that names the states would be written
twice more for each message, and keeps what was open long after."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

OPEN = {
    'waiting': ('channel, next_at', 'waiting'),
    'leased': ('leased_until', 'sending'),
    'unheard': ('next_at', 'unsure'),
}


class Migration(migrations.Migration):
    dependencies = [('notifications', '0004_education')]

    initial = False

    operations = [
        ops.RemoveIndex(model_name='Attempt', name=None, fields=['status', 'channel']),
        ops.AddIndex(model_name='Attempt', index=Index(fields=['communication_id'])),
        ops.RemoveIndex(model_name='Communication', name=None, fields=['channel', 'status', 'next_at']),
        ops.RemoveIndex(model_name='Communication', name=None, fields=['status', 'leased_until']),
        *(
            ops.RunSQL(
                f'CREATE INDEX notifications_{name} ON notifications_communication ({columns}) '
                f"WHERE status = '{status}'",
                f'DROP INDEX notifications_{name}',
            )
            for name, (columns, status) in OPEN.items()
        ),
    ]
