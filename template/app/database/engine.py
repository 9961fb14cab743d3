# {% include "template/app/database/engine." ~ dialect.family ~ ".py" %}
