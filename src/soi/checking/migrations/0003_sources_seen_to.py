from django.db import migrations, models

from soi.checking import triggers


class Migration(migrations.Migration):

    dependencies = [
        ('checking', '0002_counted_with_parts'),
    ]

    operations = [
        triggers.without_them(),
        migrations.AddField(
            model_name='evidence',
            name='is_seen_to',
            field=models.BooleanField(default=False),
        ),
        triggers.operation(),
    ]
