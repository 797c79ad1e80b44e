from tortoise import migrations
from tortoise.migrations import operations as ops
from core.migrating import AlterMeaning
from family_doctor.care_plan.models import TaskKind
from family_doctor.packages.models import FulfilledBy
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('family_doctor', '0006_reading_requests')]

    initial = False

    operations = [
        ops.AddField(
            model_name='ContractItem',
            name='fulfilled_by',
            field=fields.CharEnumField(null=True, description='HYPERTENSION: hypertension\nDIABETES: diabetes\nELDERLY: elderly\nPREGNANCY: pregnancy\nCHILD: child\nHOME_VISIT: home_visit', enum_type=FulfilledBy, max_length=16),
        ),
        ops.AddField(
            model_name='FollowUp',
            name='wrong_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='FollowUp',
            name='wrong_by_name',
            field=fields.CharField(null=True, max_length=40),
        ),
        ops.AddField(
            model_name='FollowUp',
            name='wrong_reason',
            field=fields.CharField(null=True, max_length=300),
        ),
        ops.AddField(
            model_name='PackageItem',
            name='fulfilled_by',
            field=fields.CharEnumField(null=True, description='HYPERTENSION: hypertension\nDIABETES: diabetes\nELDERLY: elderly\nPREGNANCY: pregnancy\nCHILD: child\nHOME_VISIT: home_visit', enum_type=FulfilledBy, max_length=16),
        ),
        ops.AddField(
            model_name='ServiceRecord',
            name='source',
            field=fields.CharField(null=True, max_length=90),
        ),
        ops.RunSQL(
            'CREATE UNIQUE INDEX uid_family_service_record_source ON family_service_record (source)',
            'DROP INDEX uid_family_service_record_source',
        ),
        AlterMeaning(
            model_name='Task',
            name='kind',
            field=fields.CharEnumField(description='FOLLOW_UP: follow_up\nCHECK: check\nASKED: asked', enum_type=TaskKind, max_length=14),
        ),
    ]
