# {% include "template/app/accounts/credentials." ~ auth ~ ".py" %}
