"""An inbox is found by the unique (recipient, topic, subject): a few hundred rows at the most, that
are put in order when somebody looks. An index of its own was written three times a message."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [('notifications', '0008_duty_phones')]

    initial = False

    operations = [
        ops.RemoveIndex(model_name='Communication', name=None, fields=['recipient_id', 'due_at']),
    ]
