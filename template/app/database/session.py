# {% include "template/app/database/session." ~ concurrency ~ ".py" %}
