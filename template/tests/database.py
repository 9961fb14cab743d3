# {% include "template/tests/database." ~ ("server" if dialect.server else "file") ~ ".py" %}
