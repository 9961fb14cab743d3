# {% include "template/tests/database/test_failures." ~ dialect.family ~ ".py" %}
