from tortoise import migrations
from tortoise.migrations import operations as ops
from core.migrating import AddColumn
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('people', '0004_residents')]

    initial = False

    operations = [
        ops.AlterModelOptions(
            name='BondCode',
            options={'table': 'people_bond_code', 'app': 'people', 'pk_attr': 'bond_id', 'table_description': "The code last sent to a patient's own phone to prove a bond. Only its MAC is kept."},
        ),
        ops.AlterModelOptions(
            name='DeskCode',
            options={'table': 'people_desk_code', 'app': 'people', 'pk_attr': 'account_id', 'table_description': "Six digits on a resident's phone by which staff at a desk find the account."},
        ),
        ops.AlterModelOptions(
            name='Organization',
            options={'table': 'people_organization', 'app': 'people', 'pk_attr': 'id', 'table_description': 'A hospital, health centre or village clinic of the county, or an office that cares for none.'},
        ),
        ops.AddField(
            model_name='Organization',
            name='latitude',
            field=fields.FloatField(null=True),
        ),
        ops.AddField(
            model_name='Organization',
            name='longitude',
            field=fields.FloatField(null=True),
        ),
        AddColumn(
            model_name='Organization',
            name='provides_care',
            field=fields.BooleanField(default=True),
        ),
    ]
