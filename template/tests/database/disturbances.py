# {% include "template/tests/database/disturbances." ~ dialect.family ~ ".py" %}
