from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('family_doctor', '0004_alerts'), ('people', '0012_resident_addresses')]

    initial = False

    operations = [
        ops.CreateModel(
            name='TeamTalk',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('team', fields.ForeignKeyField('family_doctor.CareTeam', source_field='team_id', db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('opened_by', fields.UUIDField()),
                ('settled_seq', fields.IntField(default=0)),
            ],
            options={'table': 'family_team_talk', 'app': 'family_doctor', 'unique_together': (('patient_id', 'team_id'),), 'indexes': [Index(fields=['team_id'])], 'pk_attr': 'id', 'table_description': 'One resident with one team, opened once and kept through renewals and gaps.'},
            bases=['Model'],
        ),
    ]
