from tortoise import migrations
from core.migrating import AddColumn
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('people', '0001_initial'), ('people', '0002_emergency_review'), ('people', '0003_health_cards_and_links'), ('people', '0004_residents'), ('people', '0005_where_houses_are'), ('people', '0006_newest_patients'), ('people', '0007_visits_open_records'), ('people', '0008_partners')]

    initial = False

    operations = [
        AddColumn(
            model_name='RecordGrant',
            name='department',
            field=fields.CharField(default='', max_length=30),
        ),
    ]
