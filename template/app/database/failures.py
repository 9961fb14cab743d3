# {% include "template/app/database/failures." ~ dialect.family ~ ".py" %}
