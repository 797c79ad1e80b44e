from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from core.migrating import AddColumn

INDEXES = {
    'to_orga_9536ce': '"to_organization_id", "department", "status"',
    'request_8865ff': '"requester_id", "proposed_at"',
    'patient_b7da56': '"patient_id", "proposed_at"',
    'encount_e56efb': '"encounter_id", "proposed_at"',
}
"""SQLite makes the table anew for the column that may be empty, and forgets these."""

class Migration(migrations.Migration):
    dependencies = [('care', '0010_signing_keys_of_algorithms')]

    initial = False

    operations = [
        ops.AlterField(
            model_name='ServiceRequest',
            name='encounter',
            field=fields.ForeignKeyField('care.Encounter', source_field='encounter_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT),
        ),
        AddColumn(
            model_name='ServiceRequest',
            name='about',
            field=fields.CharField(default='', max_length=60),
        ),
        AddColumn(
            model_name='ServiceRequest',
            name='summary',
            field=fields.TextField(default='', unique=False),
        ),
        *(
            ops.RunSQL(f'CREATE INDEX IF NOT EXISTS "idx_care_servic_{name}" ON "care_service_request" ({columns})')
            for name, columns in INDEXES.items()
        ),
    ]
