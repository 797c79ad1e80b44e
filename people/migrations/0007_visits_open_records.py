from tortoise import migrations
from core.migrating import AlterMeaning
from people.models import GrantBasis
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('people', '0006_newest_patients')]

    initial = False

    operations = [
        AlterMeaning(
            model_name='RecordGrant',
            name='basis',
            field=fields.CharEnumField(description='CONSULTATION: consultation\nVISIT: visit\nREFERRAL: referral\nPRESENTED: presented\nEMERGENCY: emergency', enum_type=GrantBasis, max_length=20),
        ),
    ]
