from tortoise import migrations
from tortoise.migrations import operations as ops
from people.models import ReviewVerdict
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('people', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='EmergencyReview',
            fields=[
                ('grant', fields.OneToOneField('people.RecordGrant', source_field='grant_id', primary_key=True, db_index=True, db_constraint=True, to_field='id', related_name='review', on_delete=OnDelete.RESTRICT)),
                ('verdict', fields.CharEnumField(description='JUSTIFIED: justified\nUNJUSTIFIED: unjustified', enum_type=ReviewVerdict, max_length=12)),
                ('note', fields.CharField(max_length=300)),
                ('reviewed_by', fields.UUIDField()),
                ('reviewed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'people_emergency_review', 'app': 'people', 'pk_attr': 'grant_id', 'table_description': 'The one look back at an emergency opening. A verdict is not taken back.'},
            bases=['Model'],
        ),
    ]
