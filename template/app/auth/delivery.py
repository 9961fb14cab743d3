# {% include "template/app/auth/delivery." ~ concurrency ~ ".py" %}
