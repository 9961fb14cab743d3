# {% include "template/app/database/violations." ~ dialect.family ~ ".py" %}
