from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from pharmacy.review.models import Origin, Outcome
from pharmacy.review.states import AppraisalStatus, DutyStatus, ReviewStatus
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('people', '0010_reviews_open_records'), ('pharmacy', '0003_parcels')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Appraisal',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=AppraisalStatus.DRAWN, description='DRAWN: drawn\nJUDGED: judged\nANSWERED: answered', enum_type=AppraisalStatus, max_length=10)),
                ('origin', fields.CharEnumField(description='SAMPLE: sample\nCONFIRMED: confirmed\nREJECTED: rejected', enum_type=Origin, max_length=10)),
                ('month', fields.CharField(max_length=7)),
                ('request', fields.OneToOneField('pharmacy.MedicationRequest', source_field='request_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('author_id', fields.UUIDField()),
                ('reviewer_id', fields.UUIDField(null=True)),
                ('drawn_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('outcome', fields.CharEnumField(null=True, description='REASONABLE: reasonable\nIRREGULAR: irregular\nUNSUITABLE: unsuitable\nEXCESSIVE: excessive', enum_type=Outcome, max_length=12)),
                ('items', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('words', fields.CharField(default='', max_length=500)),
                ('judged_by', fields.UUIDField(null=True)),
                ('judged_by_name', fields.CharField(default='', max_length=40)),
                ('judged_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('answer', fields.CharField(default='', max_length=500)),
                ('answered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pharmacy_appraisal', 'app': 'pharmacy', 'indexes': [Index(fields=['month', 'status']), Index(fields=['author_id', 'status'])], 'pk_attr': 'id', 'table_description': 'One prescription looked at afterwards (处方点评). `month` is that of its signature.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AppraisalMonth',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('month', fields.CharField(unique=True, max_length=7)),
                ('seed', fields.CharField(max_length=32)),
                ('population', fields.IntField()),
                ('size', fields.IntField()),
                ('drawn_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('drawn_by', fields.CharField(max_length=40)),
            ],
            options={'table': 'pharmacy_appraisal_month', 'app': 'pharmacy', 'pk_attr': 'id', 'table_description': "One month's draw: `seed` and what it was drawn from make it repeatable."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Review',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=ReviewStatus.CLAIMED, description='CLAIMED: claimed\nAPPROVED: approved\nRETURNED: returned\nREJECTED: rejected\nRELEASED: released\nTIMED_OUT: timed-out\nVOID: void', enum_type=ReviewStatus, max_length=10)),
                ('request', fields.ForeignKeyField('pharmacy.MedicationRequest', source_field='request_id', db_constraint=True, to_field='id', related_name='reviews', on_delete=OnDelete.RESTRICT)),
                ('live', fields.UUIDField(null=True, unique=True)),
                ('reviewer_id', fields.UUIDField()),
                ('reviewer_name', fields.CharField(max_length=40)),
                ('reviewer_title', fields.CharField(max_length=20)),
                ('organization_id', fields.UUIDField()),
                ('organization_name', fields.CharField(max_length=80)),
                ('claimed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('seen_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('asked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('points', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('reason', fields.CharField(default='', max_length=500)),
                ('suggestion', fields.CharField(default='', max_length=300)),
                ('content', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('signature_id', fields.UUIDField(null=True)),
                ('check_method', fields.CharField(default='', max_length=20)),
                ('checked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('check_device', fields.CharField(default='', max_length=200)),
                ('reported_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('seen_by_head', fields.CharField(default='', max_length=40)),
                ('seen_by_head_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pharmacy_review', 'app': 'pharmacy', 'indexes': [Index(fields=['request_id', 'claimed_at']), Index(fields=['reviewer_id', 'status', 'decided_at']), Index(fields=['status', 'decided_at'])], 'pk_attr': 'id', 'table_description': "One pharmacist's sitting over one version of a prescription. FHIR: Task."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReviewShift',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=DutyStatus.OPEN, description='OPEN: open\nPAUSED: paused\nENDED: ended', enum_type=DutyStatus, max_length=8)),
                ('practitioner', fields.ForeignKeyField('people.Practitioner', source_field='practitioner_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('organization_id', fields.UUIDField()),
                ('live', fields.UUIDField(null=True, unique=True)),
                ('method', fields.CharField(max_length=20)),
                ('checked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('device', fields.CharField(default='', max_length=200)),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('acted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pharmacy_review_shift', 'app': 'pharmacy', 'indexes': [Index(fields=['practitioner_id', 'opened_at'])], 'pk_attr': 'id', 'table_description': 'One sitting of one pharmacist at the review desk. `method` says how the person was checked.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ReviewerTraining',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('practitioner', fields.OneToOneField('people.Practitioner', source_field='practitioner_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('passed_on', fields.DateField()),
                ('recorded_by', fields.UUIDField()),
                ('recorded_by_name', fields.CharField(max_length=40)),
                ('recorded_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pharmacy_reviewer_training', 'app': 'pharmacy', 'pk_attr': 'id', 'table_description': 'Who was trained and examined for review (审核规范), as somebody else has written it down.'},
            bases=['Model'],
        ),
    ]
