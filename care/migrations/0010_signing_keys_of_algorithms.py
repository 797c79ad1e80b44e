from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from core.migrating import AddColumn


class Migration(migrations.Migration):
    dependencies = [('care', '0009_laboratory_results')]

    initial = False

    operations = [
        ops.AlterModelOptions(
            name='CertificateAuthority',
            options={'table': 'care_certificate_authority', 'app': 'care', 'pk_attr': 'id', 'table_description': "A root of the county's own, one row for each algorithm. Its key only issues certificates."},
        ),
        ops.AlterModelOptions(
            name='SigningKey',
            options={'table': 'care_signing_key', 'app': 'care', 'pk_attr': 'id', 'table_description': "One practitioner's key pair of one algorithm, with its certificate."},
        ),
        AddColumn(
            model_name="SigningKey",
            name="algorithm",
            field=fields.CharField(default="ECDSA-P256-SHA256", max_length=30),
        ),
    ]
