# {% include "template/app/auth/login/issuing." ~ auth ~ ".py" %}
