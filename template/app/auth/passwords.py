# {% include "template/app/auth/passwords." ~ concurrency ~ ".py" %}
