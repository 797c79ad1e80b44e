from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.crypto import SealedField
from json import dumps, loads
from people.models import GrantBasis, IdentifierKind, Licence, Sex, Tier
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = []

    initial = True

    operations = [
        ops.CreateModel(
            name='Organization',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=30)),
                ('name', fields.CharField(max_length=80)),
                ('short_name', fields.CharField(max_length=20)),
                ('tier', fields.CharEnumField(description='VILLAGE: village\nTOWNSHIP: township\nCOUNTY: county', enum_type=Tier, max_length=12)),
                ('parent', fields.ForeignKeyField('people.Organization', source_field='parent_id', null=True, db_constraint=True, to_field='id', related_name='children', on_delete=OnDelete.RESTRICT)),
                ('phone', fields.CharField(default='', max_length=20)),
                ('address', fields.CharField(default='', max_length=120)),
            ],
            options={'table': 'people_organization', 'app': 'people', 'pk_attr': 'id', 'table_description': 'A hospital, health centre or village clinic of the county.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Patient',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('name', fields.CharField(db_index=True, max_length=60)),
                ('sex', fields.CharEnumField(description='MALE: male\nFEMALE: female\nUNKNOWN: unknown', enum_type=Sex, max_length=8)),
                ('birth_date', fields.DateField(db_index=True)),
                ('phone', SealedField(null=True, unique=False)),
                ('phone_index', fields.CharField(null=True, db_index=True, max_length=64)),
                ('village', fields.CharField(default='', max_length=60)),
                ('address', SealedField(null=True, unique=False)),
                ('guardian_name', fields.CharField(default='', max_length=60)),
                ('guardian_relation', fields.CharField(default='', max_length=20)),
                ('managing_organization', fields.ForeignKeyField('people.Organization', source_field='managing_organization_id', db_constraint=True, to_field='id', related_name='patients', on_delete=OnDelete.RESTRICT)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('created_by', fields.UUIDField()),
            ],
            options={'table': 'people_patient', 'app': 'people', 'pk_attr': 'id', 'table_description': 'A resident. Phone and documents are sealed and found again by blind index.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PatientIdentifier',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name='identifiers', on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharEnumField(description='ID_CARD: id_card\nRESIDENCE_PERMIT: residence_permit\nFOREIGN_RESIDENCE: foreign_residence\nPASSPORT: passport\nHK_MACAU_PERMIT: hk_macau_permit\nTAIWAN_PERMIT: taiwan_permit\nBIRTH_CERTIFICATE: birth_certificate\nHOUSEHOLD_BOOK: household_book', enum_type=IdentifierKind, max_length=24)),
                ('value', SealedField(unique=False)),
                ('value_index', fields.CharField(max_length=64)),
            ],
            options={'table': 'people_patient_identifier', 'app': 'people', 'unique_together': (('kind', 'value_index'),), 'pk_attr': 'id', 'table_description': 'One document of one patient, sealed, unique by kind and blind index.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Practitioner',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('name', fields.CharField(max_length=40)),
                ('title', fields.CharField(default='', max_length=20)),
                ('licence', fields.CharEnumField(default=Licence.NONE, description='PHYSICIAN: physician\nASSISTANT_PHYSICIAN: assistant_physician\nVILLAGE_DOCTOR: village_doctor\nPHARMACIST: pharmacist\nNURSE: nurse\nNONE: none', enum_type=Licence, max_length=24)),
                ('licence_number', fields.CharField(default='', max_length=40)),
                ('practising_since', fields.DateField(null=True)),
                ('specialty', fields.CharField(default='', max_length=30)),
                ('organization', fields.ForeignKeyField('people.Organization', source_field='organization_id', db_constraint=True, to_field='id', related_name='practitioners', on_delete=OnDelete.RESTRICT)),
                ('active', fields.BooleanField(default=True)),
            ],
            options={'table': 'people_practitioner', 'app': 'people', 'pk_attr': 'id', 'table_description': 'A member of staff as a professional.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Account',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('username', fields.CharField(unique=True, max_length=40)),
                ('password_hash', fields.CharField(max_length=200)),
                ('practitioner', fields.OneToOneField('people.Practitioner', source_field='practitioner_id', db_constraint=True, to_field='id', related_name='account', on_delete=OnDelete.RESTRICT)),
                ('roles', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('must_change_password', fields.BooleanField(default=False)),
                ('totp_secret', SealedField(null=True, unique=False)),
                ('totp_new_secret', SealedField(null=True, unique=False)),
                ('totp_last_step', fields.BigIntField(default=0)),
                ('active', fields.BooleanField(default=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_account', 'app': 'people', 'pk_attr': 'id', 'table_description': 'How a practitioner signs in. `roles` is a list of `Role` values.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RecordGrant',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name='grants', on_delete=OnDelete.CASCADE)),
                ('practitioner_id', fields.UUIDField(null=True, db_index=True)),
                ('organization_id', fields.UUIDField(null=True, db_index=True)),
                ('basis', fields.CharEnumField(description='CONSULTATION: consultation\nREFERRAL: referral\nPRESENTED: presented\nEMERGENCY: emergency', enum_type=GrantBasis, max_length=20)),
                ('subject', fields.CharField(db_index=True, max_length=100)),
                ('reason', fields.CharField(default='', max_length=300)),
                ('granted_by', fields.UUIDField()),
                ('granted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('revoked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_record_grant', 'app': 'people', 'pk_attr': 'id', 'table_description': "Leave for one practitioner or one organization to open one patient's record."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Session',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('token_hash', fields.CharField(unique=True, max_length=64)),
                ('account', fields.ForeignKeyField('people.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='sessions', on_delete=OnDelete.CASCADE)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('seen_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('second_factor_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('reauthenticated_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('address', fields.CharField(default='', max_length=45)),
                ('device', fields.CharField(default='', max_length=200)),
            ],
            options={'table': 'people_session', 'app': 'people', 'pk_attr': 'id', 'table_description': "One sign-in of one account on one browser. The cookie's token is stored only as a hash."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='SignInThrottle',
            fields=[
                ('key', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('failures', fields.IntField(default=0)),
                ('last_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('blocked_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_sign_in_throttle', 'app': 'people', 'pk_attr': 'key', 'table_description': 'Wrong attempts in a row. `key` is a MAC of what is counted, so it names nobody.'},
            bases=['Model'],
        ),
    ]
