# {% include "template/app/auth/credentials." ~ auth ~ ".py" %}
