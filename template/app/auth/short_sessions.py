# {% include "template/app/auth/short_sessions." ~ concurrency ~ ".py" %}
