# {% include "template/app/auth/leftovers." ~ auth ~ ".py" %}
