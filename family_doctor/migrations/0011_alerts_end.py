from tortoise import fields, migrations

from core.migrating import AlterMeaning
from family_doctor.alerts.states import Status


class Migration(migrations.Migration):
    dependencies = [('family_doctor', '0010_immunization_calendar')]

    initial = False

    operations = [
        AlterMeaning(
            model_name="Alert",
            name="status",
            field=fields.CharEnumField(
                default=Status.RAISED,
                description="RAISED: raised\nNOTIFIED: notified\nACKNOWLEDGED: acknowledged\nHANDLED: handled\nCLOSED: closed\nENDED: ended",
                enum_type=Status,
                max_length=12,
            ),
        ),
    ]
