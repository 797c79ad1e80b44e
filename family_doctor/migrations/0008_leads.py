from tortoise import migrations
from tortoise.migrations import operations as ops
from family_doctor.leads.models import LeadKind
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('family_doctor', '0007_fulfilled_by_itself')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Lead',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('origin', fields.CharField(max_length=50)),
                ('kind', fields.CharEnumField(description='TALK: talk\nVISIT: visit\nREFERRAL: referral', enum_type=LeadKind, max_length=10)),
                ('ref', fields.CharField(max_length=60)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('practitioner_id', fields.UUIDField(null=True)),
                ('at_once', fields.BooleanField(default=False)),
                ('by_id', fields.UUIDField()),
                ('by_name', fields.CharField(max_length=40)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'family_lead', 'app': 'family_doctor', 'unique_together': (('origin', 'kind', 'ref'),), 'pk_attr': 'id', 'table_description': 'One step from a task or an alert (`origin`: `Task/<id>`, `Alert/<id>`), never changed.'},
            bases=['Model'],
        ),
    ]
