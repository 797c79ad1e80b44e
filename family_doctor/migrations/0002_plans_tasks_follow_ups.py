from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from family_doctor.care_plan.models import Answer, Programme, TaskKind
from family_doctor.care_plan.states import PlanStatus, TaskStatus
from family_doctor.followup.models import Mode
from family_doctor.followup.rules.table import Action, Classification
from json import dumps, loads
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('family_doctor', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CarePlan',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=PlanStatus.ACTIVE, description='ACTIVE: active\nON_HOLD: on-hold\nENDED: completed', enum_type=PlanStatus, max_length=10)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('programme', fields.CharEnumField(description='HYPERTENSION: hypertension\nDIABETES: diabetes\nELDERLY: elderly\nPREGNANCY: pregnancy\nCHILD: child\nMENTAL: mental\nTUBERCULOSIS: tuberculosis', enum_type=Programme, max_length=14)),
                ('open', fields.CharField(null=True, unique=True, max_length=60)),
                ('team_id', fields.UUIDField()),
                ('began_from', fields.DateField()),
                ('diagnosis', fields.CharField(default='', max_length=80)),
                ('target_systolic', fields.IntField(null=True)),
                ('target_diastolic', fields.IntField(null=True)),
                ('facts', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('opened_by', fields.UUIDField()),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('end_reason', fields.CharField(default='', max_length=200)),
            ],
            options={'table': 'family_care_plan', 'app': 'family_doctor', 'indexes': [Index(fields=['team_id', 'status', 'programme']), Index(fields=['patient_id', 'status'])], 'pk_attr': 'id', 'table_description': 'One patient in one programme. `open` is `<patient>:<programme>` while it lasts (unique).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='FollowUp',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('team_id', fields.UUIDField()),
                ('task_id', fields.UUIDField(null=True)),
                ('mode', fields.CharEnumField(description='CLINIC: 1\nHOME: 2\nPHONE: 3\nVIDEO: 4', enum_type=Mode, max_length=1)),
                ('met_on', fields.DateField()),
                ('form', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('judged', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('classification', fields.CharEnumField(null=True, description='SATISFIED: 1\nUNSATISFIED: 2\nADVERSE_REACTION: 3\nCOMPLICATION: 4', enum_type=Classification, max_length=1)),
                ('action', fields.CharEnumField(description='REFER_NOW: refer_now\nREFER: refer\nADJUST: adjust\nCONTINUE: continue', enum_type=Action, max_length=10)),
                ('next_by', fields.DateField()),
                ('panel_id', fields.UUIDField(null=True)),
                ('by_id', fields.UUIDField()),
                ('by_name', fields.CharField(max_length=40)),
                ('organization_id', fields.UUIDField()),
                ('recorded_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'family_follow_up', 'app': 'family_doctor', 'indexes': [Index(fields=['patient_id', 'met_on']), Index(fields=['team_id', 'met_on'])], 'pk_attr': 'id', 'table_description': 'One follow-up as it was filled in, with what the rules made of it. Never changed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Task',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=TaskStatus.REQUESTED, description='REQUESTED: requested\nCOMPLETED: completed\nCANCELLED: cancelled', enum_type=TaskStatus, max_length=10)),
                ('kind', fields.CharEnumField(description='FOLLOW_UP: follow_up\nCHECK: check', enum_type=TaskKind, max_length=14)),
                ('code', fields.CharField(max_length=30)),
                ('open', fields.CharField(null=True, unique=True, max_length=70)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('plan', fields.ForeignKeyField('family_doctor.CarePlan', source_field='plan_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('team_id', fields.UUIDField()),
                ('village', fields.CharField(default='', max_length=60)),
                ('owner_id', fields.UUIDField(null=True)),
                ('opens', fields.DateField()),
                ('due', fields.DateField()),
                ('not_before', fields.DateField(null=True)),
                ('with_it', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('reason', fields.CharField(default='', max_length=200)),
                ('calls', fields.IntField(default=0)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_by', fields.UUIDField(null=True)),
                ('end_reason', fields.CharField(default='', max_length=200)),
            ],
            options={'table': 'family_task', 'app': 'family_doctor', 'indexes': [Index(fields=['team_id', 'status', 'due']), Index(fields=['patient_id', 'status'])], 'pk_attr': 'id', 'table_description': 'Something to be done for a patient between two days, both counted.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Call',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('task', fields.ForeignKeyField('family_doctor.Task', source_field='task_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('answer', fields.CharEnumField(description='REACHED: reached\nNO_ANSWER: no_answer\nWRONG_NUMBER: wrong_number\nLATER: later\nREFUSED: refused\nMOVED: moved\nDIED: died', enum_type=Answer, max_length=14)),
                ('note', fields.CharField(default='', max_length=300)),
                ('again_on', fields.DateField(null=True)),
                ('by_id', fields.UUIDField()),
                ('by_name', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'family_call', 'app': 'family_doctor', 'indexes': [Index(fields=['task_id', 'at'])], 'pk_attr': 'id', 'table_description': 'One attempt to speak with the patient about a task. Never changed: its id comes from the'},
            bases=['Model'],
        ),
    ]
