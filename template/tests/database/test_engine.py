# {% include "template/tests/database/test_engine." ~ dialect.family ~ ".py" %}
