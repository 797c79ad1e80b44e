from tortoise import migrations
from tortoise.migrations import operations as ops
from core.migrating import AlterMeaning
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('core', '0002_sealed_answers')]

    initial = False

    operations = [
        ops.AddIndex(
            model_name='AuditEvent',
            index=Index(fields=['patient_id', 'at']),
        ),
        # The new index does what the old one did; one less to write at every act.
        ops.RunSQL(
            'DROP INDEX IF EXISTS "idx_core_audit__patient_c5d70a"',
            'CREATE INDEX IF NOT EXISTS "idx_core_audit__patient_c5d70a" ON "core_audit_event" ("patient_id")',
        ),
        AlterMeaning(
            model_name='AuditEvent',
            name='patient_id',
            field=fields.UUIDField(null=True),
        ),
    ]
