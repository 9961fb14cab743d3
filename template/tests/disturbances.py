# {% include "template/tests/disturbances." ~ dialect.family ~ ".py" %}
