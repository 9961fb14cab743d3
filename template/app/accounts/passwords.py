# {% include "template/app/accounts/passwords." ~ concurrency ~ ".py" %}
