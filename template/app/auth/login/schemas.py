# {% include "template/app/auth/login/schemas." ~ auth ~ ".py" %}
