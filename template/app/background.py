# {% include "template/app/background." ~ concurrency ~ ".py" %}
