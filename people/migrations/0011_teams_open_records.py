from tortoise import migrations
from core.migrating import AlterMeaning
from tortoise.migrations import operations as ops
from people.models import GrantBasis
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('people', '0010_reviews_open_records')]

    initial = False

    operations = [
        AlterMeaning(
            model_name='RecordGrant',
            name='basis',
            field=fields.CharEnumField(description='CONSULTATION: consultation\nVISIT: visit\nREFERRAL: referral\nPRESENTED: presented\nEMERGENCY: emergency\nPRESCRIPTION: prescription\nTEAM: team', enum_type=GrantBasis, max_length=20),
        ),
        ops.AddField(
            model_name='RecordGrant',
            name='team_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddIndex(model_name='RecordGrant', index=Index(fields=['team_id'])),
    ]
