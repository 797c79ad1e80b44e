from tortoise import migrations
from tortoise.migrations import operations as ops
from people.cards.states import CardStatus
from people.matching.states import LinkStatus
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('people', '0002_emergency_review')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CardAlert',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('place', fields.CharField(max_length=60)),
                ('organization_id', fields.UUIDField()),
                ('organization_name', fields.CharField(max_length=80)),
                ('account_id', fields.UUIDField()),
                ('account_name', fields.CharField(max_length=60)),
                ('seen_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('seen_by_name', fields.CharField(default='', max_length=60)),
            ],
            options={'table': 'people_card_alert', 'app': 'people', 'pk_attr': 'id', 'table_description': 'Somebody held out a code this house never made. The administrator looks at it once.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Distinction',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('one_id', fields.UUIDField()),
                ('other_id', fields.UUIDField()),
                ('reason', fields.CharField(max_length=300)),
                ('made_by', fields.UUIDField()),
                ('made_by_name', fields.CharField(max_length=60)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_distinction', 'app': 'people', 'unique_together': (('one_id', 'other_id'),), 'pk_attr': 'id', 'table_description': 'Two records that look alike and were found to be two people. `one_id` is the smaller.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='HealthCard',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('patient', fields.ForeignKeyField('people.Patient', source_field='patient_id', db_constraint=True, to_field='id', related_name='health_cards', on_delete=OnDelete.RESTRICT)),
                ('status', fields.CharEnumField(default=CardStatus.ACTIVE, description='ACTIVE: active\nLOST: lost', enum_type=CardStatus, max_length=8)),
                ('card_no', fields.CharField(unique=True, max_length=20)),
                ('card_ref', fields.CharField(unique=True, max_length=16)),
                ('issued_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('issued_by', fields.UUIDField()),
                ('lost_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('lost_reason', fields.CharField(default='', max_length=200)),
            ],
            options={'table': 'people_health_card', 'app': 'people', 'indexes': [Index(fields=['patient_id', 'status'])], 'pk_attr': 'id', 'table_description': 'One card of one person. At most one is active (index), a lost one stays as a row.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PatientLink',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('status', fields.CharEnumField(default=LinkStatus.ACTIVE, description='ACTIVE: active\nUNDONE: undone', enum_type=LinkStatus, max_length=8)),
                ('survivor', fields.ForeignKeyField('people.Patient', source_field='survivor_id', db_constraint=True, to_field='id', related_name='links_in', on_delete=OnDelete.RESTRICT)),
                ('merged', fields.ForeignKeyField('people.Patient', source_field='merged_id', db_constraint=True, to_field='id', related_name='links_out', on_delete=OnDelete.RESTRICT)),
                ('reason', fields.CharField(max_length=300)),
                ('made_by', fields.UUIDField()),
                ('made_by_name', fields.CharField(max_length=60)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('undone_reason', fields.CharField(default='', max_length=300)),
                ('undone_by_name', fields.CharField(default='', max_length=60)),
                ('undone_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_patient_link', 'app': 'people', 'indexes': [Index(fields=['survivor_id', 'status']), Index(fields=['merged_id', 'status'])], 'pk_attr': 'id', 'table_description': 'Two records are one person: new rows go to `survivor`. A record is merged once (index).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='UsedCode',
            fields=[
                ('nonce', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40)),
                ('expires_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_used_card_code', 'app': 'people', 'pk_attr': 'nonce', 'table_description': 'A code that has opened a door once, kept until it would have expired anyway.'},
            bases=['Model'],
        ),
        # What Tortoise cannot say: one live card for a person.
        ops.RunSQL(
            'CREATE UNIQUE INDEX people_one_live_card ON people_health_card (patient_id) '
            "WHERE status = 'active'",
            'DROP INDEX people_one_live_card',
        ),
        # And a record is merged into one other at a time.
        ops.RunSQL(
            'CREATE UNIQUE INDEX people_merged_once ON people_patient_link (merged_id) '
            "WHERE status = 'active'",
            'DROP INDEX people_merged_once',
        ),
    ]
