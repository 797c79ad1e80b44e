from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from core.migrating import AddColumn


class Migration(migrations.Migration):
    """Which calendar a child's visits were made with; those that are there are made anew."""

    dependencies = [('family_doctor', '0009_immunization')]

    initial = False

    operations = [
        AddColumn(
            model_name="ImmunizationBook",
            name="planned_with",
            field=fields.CharField(max_length=16, default=""),
        ),
        ops.AddIndex(
            model_name="ImmunizationBook",
            index=Index(fields=["planned_with"]),
        ),
    ]
