# {% include "template/app/database/connections." ~ ("server" if dialect.server else "file") ~ ".py" %}
