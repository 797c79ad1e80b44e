from tortoise import migrations
from core.migrating import AlterMeaning
from people.models import GrantBasis
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('people', '0009_department_grants')]

    initial = False

    operations = [
        AlterMeaning(
            model_name='RecordGrant',
            name='basis',
            field=fields.CharEnumField(description='CONSULTATION: consultation\nVISIT: visit\nREFERRAL: referral\nPRESENTED: presented\nEMERGENCY: emergency\nPRESCRIPTION: prescription', enum_type=GrantBasis, max_length=20),
        ),
    ]
