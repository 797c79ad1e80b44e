from tortoise import fields, migrations

from core.migrating import AlterMeaning
from notifications.models import Channel

class Migration(migrations.Migration):
    dependencies = [('notifications', '0005_open_ones')]

    initial = False

    operations = [
        AlterMeaning(
            model_name='Preference',
            name='channel',
            field=fields.CharEnumField(description='WECHAT: wechat\nOFFICIAL: official\nSMS: sms\nPHONE: phone', enum_type=Channel, max_length=12),
        ),
    ]
