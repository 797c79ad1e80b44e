from tortoise import migrations
from tortoise.migrations import operations as ops
from family_doctor.immunization.models import Origin, Status
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('family_doctor', '0008_leads'), ('people', '0013_deaths')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Immunization',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=Status.COMPLETED, description='COMPLETED: completed\nENTERED_IN_ERROR: entered-in-error', enum_type=Status, max_length=16)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('vaccine', fields.CharField(max_length=24)),
                ('number', fields.SmallIntField()),
                ('counts', fields.CharField(null=True, unique=True, max_length=70)),
                ('given_on', fields.DateField()),
                ('lot', fields.CharField(default='', max_length=40)),
                ('place', fields.CharField(default='', max_length=60)),
                ('origin', fields.CharEnumField(description='HERE: here\nBOOK: book', enum_type=Origin, max_length=8)),
                ('by_id', fields.UUIDField()),
                ('by_name', fields.CharField(max_length=40)),
                ('recorded_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('wrong_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('wrong_by_name', fields.CharField(default='', max_length=40)),
                ('wrong_reason', fields.CharField(default='', max_length=200)),
            ],
            options={'table': 'family_immunization', 'app': 'family_doctor', 'indexes': [Index(fields=['patient_id', 'given_on'])], 'pk_attr': 'id', 'table_description': 'One dose that was given. Never changed, only found wrong.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ImmunizationBook',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('patient', fields.OneToOneField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('checked_on', fields.DateField()),
                ('by_id', fields.UUIDField()),
                ('by_name', fields.CharField(max_length=40)),
            ],
            options={'table': 'family_immunization_book', 'app': 'family_doctor', 'pk_attr': 'id', 'table_description': "The day on which the record was compared with the child's book."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ImmunizationRecommendation',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('open', fields.CharField(null=True, unique=True, max_length=50)),
                ('opens', fields.DateField()),
                ('due', fields.DateField()),
                ('until', fields.DateField()),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'family_immunization_due', 'app': 'family_doctor', 'indexes': [Index(fields=['patient_id', 'ended_at']), Index(fields=['ended_at', 'due'])], 'pk_attr': 'id', 'table_description': 'What may be given to a child from one day on, as one visit, while it is not all done.'},
            bases=['Model'],
        ),
    ]
