# {% include "template/app/accounts/leftovers." ~ auth ~ ".py" %}
