from django.db import migrations

from soi.captures.triggers import keeps_its_content


class Migration(migrations.Migration):

    dependencies = [
        ("captures", "0002_content"),
    ]

    operations = [
        keeps_its_content(),
    ]
