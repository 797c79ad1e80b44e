from tortoise import migrations
from tortoise.migrations import operations as ops
from core.crypto import SealedField
from people.residents.models import AccountStatus, AgreementChannel, BondStatus, Proof, Relation
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('people', '0003_health_cards_and_links')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ResidentAccount',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('openid', fields.CharField(null=True, unique=True, max_length=64)),
                ('unionid', fields.CharField(null=True, max_length=64)),
                ('status', fields.CharEnumField(default=AccountStatus.ACTIVE, description='ACTIVE: active\nCLOSED: closed', enum_type=AccountStatus, max_length=12)),
                ('elder_mode', fields.BooleanField(default=False)),
                ('phone', SealedField(null=True, unique=False)),
                ('phone_index', fields.CharField(null=True, db_index=True, max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_resident_account', 'app': 'people', 'pk_attr': 'id', 'table_description': 'A WeChat user of the mini program. `phone` is one that WeChat has verified.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Bond',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('account', fields.ForeignKeyField('people.ResidentAccount', source_field='account_id', db_constraint=True, to_field='id', related_name='bonds', on_delete=OnDelete.RESTRICT)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name='bonds', on_delete=OnDelete.RESTRICT)),
                ('relation', fields.CharEnumField(description='SELF: self\nCHILD: child\nPARENT: parent\nSPOUSE: spouse\nWARD: ward', enum_type=Relation, max_length=12)),
                ('status', fields.CharEnumField(description='PENDING: pending\nACTIVE: active\nENDED: ended', enum_type=BondStatus, max_length=12)),
                ('proof', fields.CharEnumField(default=Proof.NONE, description='NONE: none\nREAL_NAME: real_name\nGUARDIAN: guardian\nCODE: code\nDESK: desk', enum_type=Proof, max_length=12)),
                ('scopes', fields.CharField(max_length=60)),
                ('claimed_phone', SealedField(null=True, unique=False)),
                ('phone_is_theirs', fields.BooleanField(default=False)),
                ('asked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('proven_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('proven_by', fields.UUIDField(null=True)),
                ('until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_by', fields.UUIDField(null=True)),
                ('end_reason', fields.CharField(default='', max_length=200)),
            ],
            options={'table': 'people_bond', 'app': 'people', 'indexes': [Index(fields=['account_id', 'status']), Index(fields=['patient_id', 'status'])], 'pk_attr': 'id', 'table_description': 'One account may act for one patient. `until` None: until somebody ends it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='BondCode',
            fields=[
                ('bond', fields.OneToOneField('people.Bond', source_field='bond_id', primary_key=True, db_index=True, db_constraint=True, to_field='id', related_name='code', on_delete=OnDelete.CASCADE)),
                ('mac', fields.CharField(max_length=64)),
                ('sent_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('failures', fields.IntField(default=0)),
                ('day', fields.DateField()),
                ('sent_that_day', fields.IntField(default=1)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_bond_code', 'app': 'people', 'pk_attr': 'bond_id', 'table_description': "The code last sent to a patient's own phone to prove a bond. Only its MAC is kept."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='DeskCode',
            fields=[
                ('account', fields.OneToOneField('people.ResidentAccount', source_field='account_id', primary_key=True, db_index=True, db_constraint=True, to_field='id', related_name='desk_code', on_delete=OnDelete.CASCADE)),
                ('mac', fields.CharField(unique=True, max_length=64)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_desk_code', 'app': 'people', 'pk_attr': 'account_id', 'table_description': "Six digits on a resident's phone by which staff at a desk find the account."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ResidentAgreement',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('account', fields.ForeignKeyField('people.ResidentAccount', source_field='account_id', db_constraint=True, to_field='id', related_name='agreements', on_delete=OnDelete.RESTRICT)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', null=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharField(max_length=30)),
                ('version', fields.CharField(max_length=20)),
                ('text_sha256', fields.CharField(max_length=64)),
                ('relation', fields.CharEnumField(description='SELF: self\nCHILD: child\nPARENT: parent\nSPOUSE: spouse\nWARD: ward', enum_type=Relation, max_length=12)),
                ('channel', fields.CharEnumField(description='PHONE: phone\nDESK: desk', enum_type=AgreementChannel, max_length=12)),
                ('agreed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('withdrawn_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_resident_agreement', 'app': 'people', 'indexes': [Index(fields=['account_id', 'kind']), Index(fields=['patient_id', 'kind'])], 'pk_attr': 'id', 'table_description': 'Who agreed to which text, and when. `patient_id` None: for the account itself.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ResidentSession',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('token_hash', fields.CharField(unique=True, max_length=64)),
                ('account', fields.ForeignKeyField('people.ResidentAccount', source_field='account_id', db_constraint=True, to_field='id', related_name='sessions', on_delete=OnDelete.CASCADE)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('seen_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('address', fields.CharField(default='', max_length=45)),
                ('device', fields.CharField(default='', max_length=200)),
            ],
            options={'table': 'people_resident_session', 'app': 'people', 'indexes': [Index(fields=['account_id', 'ended_at'])], 'pk_attr': 'id', 'table_description': 'One sign-in on one phone. The bearer token is stored only as a hash.'},
            bases=['Model'],
        ),
        ops.AlterModelOptions(
            name='EmergencyReview',
            options={'table': 'people_emergency_review', 'app': 'people', 'pk_attr': 'grant_id', 'table_description': 'The one look back at an emergency opening. A verdict is not taken back.'},
        ),
        # What Tortoise cannot say: one open bond of an account with a patient, and with oneself.
        ops.RunSQL(
            'CREATE UNIQUE INDEX people_bond_one_open ON people_bond (account_id, patient_id) '
            "WHERE status <> 'ended'",
            'DROP INDEX people_bond_one_open',
        ),
        ops.RunSQL(
            'CREATE UNIQUE INDEX people_bond_one_self ON people_bond (account_id) '
            "WHERE status <> 'ended' AND relation = 'self'",
            'DROP INDEX people_bond_one_self',
        ),
    ]
