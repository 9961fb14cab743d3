# {% include "template/tests/databases." ~ ("server" if dialect.server else "file") ~ ".py" %}
