# {% include "template/tests/test_connections." ~ ("server" if dialect.server else "file") ~ ".py" %}
