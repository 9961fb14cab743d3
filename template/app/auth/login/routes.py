# {% include "template/app/auth/login/routes." ~ auth ~ ".py" %}
