# {% include "template/app/database/migration." ~ dialect.family ~ ".py" %}
