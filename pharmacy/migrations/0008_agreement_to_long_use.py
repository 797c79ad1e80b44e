from tortoise import migrations
from tortoise.migrations import operations as ops
from pharmacy.prescribing.models import Agreed
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('pharmacy', '0007_decoctions')]

    initial = False

    operations = [
        ops.AddField(
            model_name='MedicationRequest',
            name='agreed_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='MedicationRequest',
            name='agreed_by',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='MedicationRequest',
            name='agreed_how',
            field=fields.CharEnumField(null=True, description='PHONE: phone\nSAID: said', enum_type=Agreed, max_length=8),
        ),
    ]
