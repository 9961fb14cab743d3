# {% include "template/app/auth/backend." ~ auth ~ ".py" %}
