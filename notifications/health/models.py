"""A channel that an operator holds."""

from tortoise import fields
from tortoise.models import Model


class Hold(Model):
    """While the row is there no message is taken for this channel. The audit log has the history.

    What is due waits, and ends where its own time ends.
    """

    channel = fields.CharField(max_length=12, primary_key=True)
    reason = fields.CharField(max_length=200)
    since = fields.DatetimeField()
    by_name = fields.CharField(max_length=60)

    class Meta:
        table = "notifications_hold"
