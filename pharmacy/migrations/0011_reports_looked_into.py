from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from core.migrating import AddColumn


class Migration(migrations.Migration):
    dependencies = [('pharmacy', '0010_seals_and_runs')]

    initial = False

    operations = [
        ops.AddField(
            model_name="TraceReport",
            name="seen_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        AddColumn(
            model_name="TraceReport",
            name="seen_by_name",
            field=fields.CharField(default="", max_length=40),
        ),
        AddColumn(
            model_name="TraceReport",
            name="seen_note",
            field=fields.CharField(default="", max_length=200),
        ),
    ]
