# {% include "template/app/auth/login/answers." ~ auth ~ ".py" %}
