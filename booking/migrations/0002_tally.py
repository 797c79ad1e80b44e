from tortoise import migrations
from tortoise.migrations import operations as ops
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('booking', '0001_initial'), ('people', '0003_health_cards_and_links')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Tally',
            fields=[
                ('patient_id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('version', fields.BigIntField()),
            ],
            options={'table': 'booking_tally', 'app': 'booking', 'pk_attr': 'patient_id', 'table_description': 'Counts each place taken for one patient, so that two at once cannot both be checked right.'},
            bases=['Model'],
        ),
    ]
