from tortoise import migrations
from tortoise.migrations import operations as ops
from family_doctor.fulfilment.models import Confirmed
from family_doctor.fulfilment.states import Status
from family_doctor.packages.models import Group, Mode
from family_doctor.teams.models import MemberRole
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('family_doctor', '0002_plans_tasks_follow_ups')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ContractCode',
            fields=[
                ('contract', fields.OneToOneField('family_doctor.Contract', source_field='contract_id', primary_key=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('mac', fields.CharField(max_length=64)),
                ('sent_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('failures', fields.IntField(default=0)),
                ('day', fields.DateField()),
                ('sent_that_day', fields.IntField(default=1)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'family_contract_code', 'app': 'family_doctor', 'pk_attr': 'contract_id', 'table_description': 'The code last sent to sign with. Only its MAC, which binds the content, is kept.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ContractItem',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('contract', fields.ForeignKeyField('family_doctor.Contract', source_field='contract_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.CASCADE)),
                ('position', fields.SmallIntField()),
                ('package_code', fields.CharField(max_length=20)),
                ('group', fields.CharEnumField(description='BASIC: basic\nHYPERTENSION: hypertension\nDIABETES: diabetes\nELDERLY: elderly\nCHILD: child\nPREGNANCY: pregnancy', enum_type=Group, max_length=16)),
                ('code', fields.CharField(max_length=20)),
                ('name', fields.CharField(max_length=60)),
                ('times', fields.SmallIntField()),
                ('mode', fields.CharEnumField(description='CLINIC: clinic\nHOME: home\nPHONE: phone\nVIDEO: video', enum_type=Mode, max_length=8)),
                ('who', fields.CharEnumField(description='COUNTY_DOCTOR: county_doctor\nTOWNSHIP_DOCTOR: township_doctor\nVILLAGE_DOCTOR: village_doctor\nNURSE: nurse\nPUBLIC_HEALTH: public_health\nPHARMACIST: pharmacist', enum_type=MemberRole, max_length=16)),
            ],
            options={'table': 'family_contract_item', 'app': 'family_doctor', 'unique_together': (('contract_id', 'package_code', 'code'),), 'pk_attr': 'id', 'table_description': 'One item of one contract, as it was signed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ServicePackage',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=20)),
                ('name', fields.CharField(max_length=40)),
                ('group', fields.CharEnumField(description='BASIC: basic\nHYPERTENSION: hypertension\nDIABETES: diabetes\nELDERLY: elderly\nCHILD: child\nPREGNANCY: pregnancy', enum_type=Group, max_length=16)),
                ('words', fields.CharField(default='', max_length=300)),
                ('price_fen', fields.IntField(default=0)),
                ('insurer_fen', fields.IntField(default=0)),
                ('active', fields.BooleanField(default=True)),
            ],
            options={'table': 'family_package', 'app': 'family_doctor', 'pk_attr': 'id', 'table_description': 'One package. Of `price_fen` a year the insurer pays `insurer_fen`, the resident the rest.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PackageItem',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('package', fields.ForeignKeyField('family_doctor.ServicePackage', source_field='package_id', db_constraint=True, to_field='id', related_name='items', on_delete=OnDelete.CASCADE)),
                ('code', fields.CharField(max_length=20)),
                ('name', fields.CharField(max_length=60)),
                ('times', fields.SmallIntField()),
                ('mode', fields.CharEnumField(description='CLINIC: clinic\nHOME: home\nPHONE: phone\nVIDEO: video', enum_type=Mode, max_length=8)),
                ('who', fields.CharEnumField(description='COUNTY_DOCTOR: county_doctor\nTOWNSHIP_DOCTOR: township_doctor\nVILLAGE_DOCTOR: village_doctor\nNURSE: nurse\nPUBLIC_HEALTH: public_health\nPHARMACIST: pharmacist', enum_type=MemberRole, max_length=16)),
            ],
            options={'table': 'family_package_item', 'app': 'family_doctor', 'unique_together': (('package_id', 'code'),), 'pk_attr': 'id', 'table_description': 'One thing that is done so many times a year.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ServiceRecord',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=Status.DONE, description='DONE: done\nCONFIRMED: confirmed\nDISPUTED: disputed\nWITHDRAWN: withdrawn', enum_type=Status, max_length=10)),
                ('item', fields.ForeignKeyField('family_doctor.ContractItem', source_field='item_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('contract', fields.ForeignKeyField('family_doctor.Contract', source_field='contract_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('done_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('by', fields.ForeignKeyField('people.Practitioner', source_field='by_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('mode', fields.CharEnumField(description='CLINIC: clinic\nHOME: home\nPHONE: phone\nVIDEO: video', enum_type=Mode, max_length=8)),
                ('reference', fields.CharField(default='', max_length=100)),
                ('words', fields.CharField(default='', max_length=300)),
                ('recorded_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('answered_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('answered_by', fields.UUIDField(null=True)),
                ('answered_how', fields.CharEnumField(null=True, description='PHONE: phone\nDESK: desk', enum_type=Confirmed, max_length=8)),
                ('answer', fields.CharField(default='', max_length=200)),
            ],
            options={'table': 'family_service_record', 'app': 'family_doctor', 'indexes': [Index(fields=['contract_id', 'done_at']), Index(fields=['item_id', 'status'])], 'pk_attr': 'id', 'table_description': 'One item done once. `reference` names the evidence in the record (Encounter/…,'},
            bases=['Model'],
        ),
        ops.AlterModelOptions(
            name='ContractCode',
            options={'table': 'family_contract_code', 'app': 'family_doctor', 'pk_attr': 'contract_id', 'table_description': 'The code last sent to sign with. Only its MAC, which binds the content, is kept.'},
        ),
    ]
