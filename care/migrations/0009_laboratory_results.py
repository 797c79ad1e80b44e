from tortoise import migrations
from tortoise.migrations import operations as ops
from care.laboratory.states import Status
from care.record.models import Interpretation
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('care', '0008_referrals'), ('core', '0001_initial'), ('people', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='DiagnosticReport',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('document_id', fields.UUIDField()),
                ('version', fields.IntField(default=1)),
                ('status', fields.CharEnumField(default=Status.FINAL, description='FINAL: final\nCORRECTED: corrected\nREPLACED: replaced\nENTERED_IN_ERROR: entered-in-error', enum_type=Status, max_length=20)),
                ('corrects', fields.ForeignKeyField('care.DiagnosticReport', source_field='corrects_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('correction_reason', fields.CharField(default='', max_length=200)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('taken_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('hour_known', fields.BooleanField(default=False)),
                ('laboratory', fields.CharField(max_length=80)),
                ('slip', fields.ForeignKeyField('care.DocumentReference', source_field='slip_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('recorded_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('recorder_id', fields.UUIDField()),
                ('recorder_name', fields.CharField(max_length=40)),
                ('organization_id', fields.UUIDField()),
                ('organization_name', fields.CharField(max_length=80)),
                ('changed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('changed_by_name', fields.CharField(default='', max_length=40)),
                ('change_reason', fields.CharField(default='', max_length=200)),
            ],
            options={'table': 'care_diagnostic_report', 'app': 'care', 'unique_together': (('document_id', 'version'),), 'indexes': [Index(fields=['patient_id', 'taken_at']), Index(fields=['slip_id'])], 'pk_attr': 'id', 'table_description': 'One version of one panel: what a laboratory found in one sample.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LaboratoryObservation',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('report', fields.ForeignKeyField('care.DiagnosticReport', source_field='report_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('taken_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('code', fields.CharField(max_length=24)),
                ('place', fields.IntField()),
                ('value', fields.DecimalField(null=True, max_digits=12, decimal_places=4)),
                ('comparator', fields.CharField(default='', max_length=1)),
                ('answer', fields.CharField(default='', max_length=8)),
                ('given_value', fields.CharField(default='', max_length=20)),
                ('given_unit', fields.CharField(default='', max_length=16)),
                ('low', fields.DecimalField(null=True, max_digits=12, decimal_places=4)),
                ('high', fields.DecimalField(null=True, max_digits=12, decimal_places=4)),
                ('range_source', fields.CharField(default='', max_length=60)),
                ('interpretation', fields.CharEnumField(description='NORMAL: normal\nLOW: low\nHIGH: high\nCRITICAL: critical\nNOT_JUDGED: not_judged', enum_type=Interpretation, max_length=12)),
                ('corrects', fields.ForeignKeyField('care.LaboratoryObservation', source_field='corrects_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'care_laboratory_observation', 'app': 'care', 'unique_together': (('report_id', 'code'),), 'indexes': [Index(fields=['patient_id', 'code', 'taken_at'])], 'pk_attr': 'id', 'table_description': "One result of a panel. `value`, `low` and `high` are in the analyte's own unit."},
            bases=['Model'],
        ),
    ]
