from tortoise import migrations
from tortoise.migrations import operations as ops
from core.crypto import SealedField
from uuid import uuid4
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('notifications', '0007_health')]

    initial = False

    operations = [
        ops.CreateModel(
            name='DutyPhone',
            fields=[
                ('practitioner_id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('phone', SealedField(null=True, unique=False)),
                ('proven_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('only_alerts', fields.BooleanField(default=False)),
                ('asked_phone', SealedField(null=True, unique=False)),
                ('mac', fields.CharField(default='', max_length=64)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('failures', fields.IntField(default=0)),
                ('day', fields.DateField(null=True)),
                ('sent_that_day', fields.IntField(default=0)),
            ],
            options={'table': 'notifications_duty_phone', 'app': 'notifications', 'pk_attr': 'practitioner_id', 'table_description': 'The number at which somebody of the staff is told what cannot wait for a screen.'},
            bases=['Model'],
        ),
    ]
