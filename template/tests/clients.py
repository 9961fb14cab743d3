# {% include "template/tests/clients." ~ concurrency ~ ".py" %}
