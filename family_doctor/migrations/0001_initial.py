from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from family_doctor.contracts.models import Channel, EndedBy, SignedBy
from family_doctor.contracts.states import Status
from family_doctor.teams.models import MemberRole
from json import dumps, loads
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('people', '0011_teams_open_records')]

    initial = True

    operations = [
        ops.CreateModel(
            name='CareTeam',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=40)),
                ('organization', fields.ForeignKeyField('people.Organization', source_field='organization_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('responsible', fields.ForeignKeyField('people.Practitioner', source_field='responsible_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('phone', fields.CharField(default='', max_length=20)),
                ('words', fields.CharField(default='', max_length=300)),
                ('active', fields.BooleanField(default=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'family_care_team', 'app': 'family_doctor', 'pk_attr': 'id', 'table_description': 'A family-doctor team (家庭医生团队) of a health centre.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Contract',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=20)),
                ('status', fields.CharEnumField(default=Status.APPLIED, description='APPLIED: applied\nREVIEWED: reviewed\nSIGNED: signed\nACTIVE: active\nRENEWED: renewed\nCHANGED_TEAM: changed_team\nTERMINATED: terminated\nEXPIRED: expired\nREFUSED: refused\nWITHDRAWN: withdrawn', enum_type=Status, max_length=12)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('team', fields.ForeignKeyField('family_doctor.CareTeam', source_field='team_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('doctor', fields.ForeignKeyField('people.Practitioner', source_field='doctor_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('pending_for', fields.UUIDField(null=True, unique=True)),
                ('active_for', fields.UUIDField(null=True, unique=True)),
                ('follows', fields.ForeignKeyField('family_doctor.Contract', source_field='follows_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('channel', fields.CharEnumField(description='PHONE: phone\nDESK: desk', enum_type=Channel, max_length=8)),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('asked_by', fields.UUIDField()),
                ('relation', fields.CharField(default='', max_length=12)),
                ('text_version', fields.CharField(max_length=20)),
                ('text_sha256', fields.CharField(max_length=64)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('content', fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('content_sha256', fields.CharField(default='', max_length=64)),
                ('reviewed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('reviewed_by', fields.UUIDField(null=True)),
                ('answer', fields.CharField(default='', max_length=300)),
                ('doctor_signed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('resident_signed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('signed_by', fields.UUIDField(null=True)),
                ('signed_how', fields.CharEnumField(null=True, description='CODE: code\nDESK: desk', enum_type=SignedBy, max_length=8)),
                ('signed_relation', fields.CharField(default='', max_length=12)),
                ('years', fields.SmallIntField()),
                ('price_fen', fields.IntField(default=0)),
                ('insurer_fen', fields.IntField(default=0)),
                ('paid_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('starts_on', fields.DateField(null=True)),
                ('ends_on', fields.DateField(null=True)),
                ('begun_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_by', fields.CharEnumField(null=True, description='RESIDENT: resident\nTEAM: team\nHOUSE: house', enum_type=EndedBy, max_length=10)),
                ('end_reason', fields.CharField(default='', max_length=300)),
            ],
            options={'table': 'family_contract', 'app': 'family_doctor', 'indexes': [Index(fields=['team_id', 'status']), Index(fields=['doctor_id', 'status']), Index(fields=['patient_id', 'begun_at']), Index(fields=['status', 'ends_on'])], 'pk_attr': 'id', 'table_description': 'One resident with one team for a term of years.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TeamMember',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('team', fields.ForeignKeyField('family_doctor.CareTeam', source_field='team_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('practitioner', fields.ForeignKeyField('people.Practitioner', source_field='practitioner_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('role', fields.CharEnumField(description='COUNTY_DOCTOR: county_doctor\nTOWNSHIP_DOCTOR: township_doctor\nVILLAGE_DOCTOR: village_doctor\nNURSE: nurse\nPUBLIC_HEALTH: public_health\nPHARMACIST: pharmacist', enum_type=MemberRole, max_length=16)),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('live', fields.CharField(null=True, unique=True, max_length=80)),
            ],
            options={'table': 'family_team_member', 'app': 'family_doctor', 'indexes': [Index(fields=['team_id', 'until']), Index(fields=['practitioner_id', 'until'])], 'pk_attr': 'id', 'table_description': 'Somebody in a team from `since` until before `until`. None: still there.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TeamVillage',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('team', fields.ForeignKeyField('family_doctor.CareTeam', source_field='team_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('village', fields.CharField(db_index=True, max_length=60)),
            ],
            options={'table': 'family_team_village', 'app': 'family_doctor', 'unique_together': (('team_id', 'village'),), 'pk_attr': 'id', 'table_description': "A village the team serves, by the name that residents' addresses have."},
            bases=['Model'],
        ),
    ]
