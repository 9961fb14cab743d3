# {% include "template/app/database/errors." ~ dialect.family ~ ".py" %}
