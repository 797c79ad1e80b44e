from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('care', '0004_encounter'), ('core', '0003_acts_of_one_person'), ('people', '0008_partners')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Composition',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('document_id', fields.UUIDField()),
                ('version', fields.IntField()),
                ('subject', fields.CharField(max_length=100)),
                ('open', fields.CharField(null=True, unique=True, max_length=150)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('author_id', fields.UUIDField()),
                ('corrects_id', fields.UUIDField(null=True)),
                ('correction_reason', fields.CharField(default='', max_length=300)),
                ('content', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('revision', fields.IntField(default=1)),
                ('tab', fields.CharField(default='', max_length=40)),
                ('seq', fields.BigIntField(default=0)),
                ('saved_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('signed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('signature_id', fields.UUIDField(null=True)),
                ('author_name', fields.CharField(default='', max_length=40)),
                ('author_title', fields.CharField(default='', max_length=20)),
                ('author_organization', fields.CharField(default='', max_length=80)),
                ('check_method', fields.CharField(default='', max_length=20)),
                ('checked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('check_device', fields.CharField(default='', max_length=200)),
            ],
            options={'table': 'care_composition', 'app': 'care', 'unique_together': (('document_id', 'version'),), 'indexes': [Index(fields=['subject', 'version']), Index(fields=['patient_id', 'author_id', 'signed_at'])], 'pk_attr': 'id', 'table_description': 'One version of one note. A signed version never changes, an addendum is the next one.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='NoteDiagnosis',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('composition', fields.ForeignKeyField('care.Composition', source_field='composition_id', db_constraint=True, to_field='id', related_name='diagnoses', on_delete=OnDelete.RESTRICT)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('rank', fields.IntField()),
                ('icd10', fields.CharField(default='', max_length=20)),
                ('name', fields.CharField(max_length=80)),
                ('recorded_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('replaced_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'care_note_diagnosis', 'app': 'care', 'unique_together': (('composition_id', 'rank'),), 'indexes': [Index(fields=['patient_id', 'icd10']), Index(fields=['patient_id', 'recorded_at'])], 'pk_attr': 'id', 'table_description': 'One diagnosis of a signed version, the first is the main one (FHIR encounter-diagnosis).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='NoteTemplate',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('owner_id', fields.UUIDField(null=True)),
                ('organization_id', fields.UUIDField()),
                ('department', fields.CharField(default='', max_length=40)),
                ('title', fields.CharField(max_length=40)),
                ('content', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('made_by', fields.UUIDField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'care_note_template', 'app': 'care', 'indexes': [Index(fields=['owner_id', 'created_at']), Index(fields=['organization_id', 'department'])], 'pk_attr': 'id', 'table_description': "A note to begin from (常用模板): one's own, or a department's (`owner_id` null)."},
            bases=['Model'],
        ),
    ]
