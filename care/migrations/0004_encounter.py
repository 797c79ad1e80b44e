from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from care.encounter.models import EvidenceSource, EvidenceType, Kind, Verdict
from care.encounter.states import ShiftStatus, Status
from json import dumps, loads
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('care', '0003_phone_calls'), ('core', '0001_initial'), ('people', '0005_where_houses_are')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Encounter',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=Status.PLANNED, description='PLANNED: planned\nWAITING: waiting\nAWAY: away\nCALLED: called\nIN_PROGRESS: in_progress\nFINISHED: finished\nTERMINATED: terminated\nDID_NOT_HAPPEN: did_not_happen\nCANCELLED: cancelled', enum_type=Status, max_length=16)),
                ('kind', fields.CharEnumField(description='TEXT: text\nVIDEO: video', enum_type=Kind, max_length=8)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('practitioner', fields.ForeignKeyField('people.Practitioner', source_field='practitioner_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('organization', fields.ForeignKeyField('people.Organization', source_field='organization_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('account_id', fields.UUIDField()),
                ('subject', fields.CharField(null=True, unique=True, max_length=100)),
                ('key', fields.CharField(null=True, unique=True, max_length=100)),
                ('fee_fen', fields.IntField(default=0)),
                ('booked_for', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('condition', fields.CharField(max_length=30)),
                ('icd10', fields.CharField(default='', max_length=12)),
                ('complaint', fields.CharField(default='', max_length=500)),
                ('answers', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('consent_version', fields.CharField(max_length=20)),
                ('consent_sha256', fields.CharField(max_length=64)),
                ('consent_relation', fields.CharField(max_length=12)),
                ('consented_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('guardian_relation', fields.CharField(default='', max_length=12)),
                ('guardian_confirmed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('accompanying_doctor', fields.CharField(default='', max_length=60)),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('arrived_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('place', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('called_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('calls', fields.IntField(default=0)),
                ('began_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('reason', fields.CharField(default='', max_length=30)),
                ('reason_text', fields.CharField(default='', max_length=300)),
                ('guidance', fields.CharField(default='', max_length=500)),
                ('guided_to', fields.CharField(default='', max_length=80)),
                ('offer', fields.CharField(default='', max_length=16)),
                ('refund', fields.BooleanField(default=False)),
                ('acknowledged_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('advice', fields.TextField(default='', unique=False)),
            ],
            options={'table': 'care_encounter', 'app': 'care', 'indexes': [Index(fields=['practitioner_id', 'status', 'place']), Index(fields=['patient_id', 'asked_at']), Index(fields=['practitioner_id', 'ended_at'])], 'pk_attr': 'id', 'table_description': 'One visit. `subject` names the appointment it was booked by (care does not know booking).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='EligibilityVerdict',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('encounter', fields.ForeignKeyField('care.Encounter', source_field='encounter_id', db_constraint=True, to_field='id', related_name='verdicts', on_delete=OnDelete.RESTRICT)),
                ('verdict', fields.CharEnumField(description='ELIGIBLE: eligible\nFIRST_VISIT: first_visit\nCHANGED: changed\nUNFIT: unfit', enum_type=Verdict, max_length=12)),
                ('reason', fields.CharField(max_length=300)),
                ('practitioner_id', fields.UUIDField()),
                ('practitioner_name', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'care_encounter_verdict', 'app': 'care', 'indexes': [Index(fields=['encounter_id', 'at'])], 'pk_attr': 'id', 'table_description': 'What a doctor found. Never changed: a later finding is a new row, and the last one counts.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='EncounterEvidence',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('encounter', fields.ForeignKeyField('care.Encounter', source_field='encounter_id', db_constraint=True, to_field='id', related_name='evidence', on_delete=OnDelete.RESTRICT)),
                ('type', fields.CharEnumField(description='OUTPATIENT_RECORD: outpatient_record\nINPATIENT_RECORD: inpatient_record\nDISCHARGE_SUMMARY: discharge_summary\nDIAGNOSIS_CERTIFICATE: diagnosis_certificate', enum_type=EvidenceType, max_length=24)),
                ('source', fields.CharEnumField(description='OWN_HIS: own_his\nMEMBER_HIS: member_his\nUPLOAD: upload', enum_type=EvidenceSource, max_length=12)),
                ('institution', fields.CharField(max_length=80)),
                ('visit_date', fields.DateField()),
                ('icd10', fields.CharField(default='', max_length=12)),
                ('diagnosis_text', fields.CharField(max_length=120)),
                ('reference', fields.CharField(default='', max_length=100)),
                ('blob', fields.ForeignKeyField('core.Blob', source_field='blob_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('file_sha256', fields.CharField(default='', max_length=64)),
                ('added_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'care_encounter_evidence', 'app': 'care', 'unique_together': (('encounter_id', 'source', 'reference', 'blob_id'),), 'pk_attr': 'id', 'table_description': 'One proof of the diagnosis. The doctor keeps it and judges (监管细则).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='OnlineShift',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=ShiftStatus.OPEN, description='OPEN: open\nPAUSED: paused\nAWAY: away\nENDED: ended', enum_type=ShiftStatus, max_length=8)),
                ('practitioner', fields.ForeignKeyField('people.Practitioner', source_field='practitioner_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('organization', fields.ForeignKeyField('people.Organization', source_field='organization_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('live', fields.UUIDField(null=True, unique=True)),
                ('walk_ins', fields.BooleanField(default=True)),
                ('message', fields.CharField(default='', max_length=200)),
                ('method', fields.CharField(max_length=20)),
                ('checked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('device', fields.CharField(default='', max_length=200)),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'care_online_shift', 'app': 'care', 'indexes': [Index(fields=['practitioner_id', 'opened_at'])], 'pk_attr': 'id', 'table_description': 'One sitting of one doctor. `method` says how the person was checked at its start.'},
            bases=['Model'],
        ),
    ]
