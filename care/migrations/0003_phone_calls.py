from tortoise import migrations
from tortoise.migrations import operations as ops
from care.teleconsultation.telephone.models import Outcome
from core.crypto import SealedField
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('care', '0002_teleconsultation'), ('core', '0001_initial'), ('people', '0002_emergency_review')]

    initial = False

    operations = [
        ops.CreateModel(
            name='PhoneCall',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('consultation', fields.ForeignKeyField('care.Consultation', source_field='consultation_id', db_constraint=True, to_field='id', related_name='phone_calls', on_delete=OnDelete.CASCADE)),
                ('caller_id', fields.UUIDField()),
                ('caller_name', fields.CharField(max_length=40)),
                ('callee', fields.CharField(max_length=120)),
                ('number', SealedField(unique=False)),
                ('called_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('outcome', fields.CharEnumField(description='ANSWERED: answered\nNO_ANSWER: no_answer\nUNREACHABLE: unreachable', enum_type=Outcome, max_length=12)),
                ('minutes', fields.IntField(null=True)),
                ('note', fields.TextField(default='', unique=False)),
                ('logged_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'care_phone_call', 'app': 'care', 'indexes': [Index(fields=['consultation_id', 'called_at'])], 'pk_attr': 'id', 'table_description': 'One call as the caller wrote it down. The number is sealed, `callee` says who it was.'},
            bases=['Model'],
        ),
    ]
