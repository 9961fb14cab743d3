# {% include "template/app/accounts/short_sessions." ~ concurrency ~ ".py" %}
