from tortoise import migrations
from tortoise.migrations import operations as ops
from core.crypto import SealedField
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('people', '0011_teams_open_records')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ResidentAddress',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('account', fields.ForeignKeyField('people.ResidentAccount', source_field='account_id', db_constraint=True, to_field='id', related_name='addresses', on_delete=OnDelete.CASCADE)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('name', SealedField(unique=False)),
                ('phone', SealedField(unique=False)),
                ('township', fields.CharField(max_length=40)),
                ('village', fields.CharField(max_length=40)),
                ('detail', SealedField(unique=False)),
                ('is_default', fields.BooleanField(default=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('updated_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_resident_address', 'app': 'people', 'indexes': [Index(fields=['account_id', 'patient_id'])], 'pk_attr': 'id', 'table_description': "Where drugs are to be brought for one patient, in the account's own book."},
            bases=['Model'],
        ),
    ]
