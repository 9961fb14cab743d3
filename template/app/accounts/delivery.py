# {% include "template/app/accounts/delivery." ~ concurrency ~ ".py" %}
