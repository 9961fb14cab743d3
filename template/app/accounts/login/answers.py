# {% include "template/app/accounts/login/answers." ~ auth ~ ".py" %}
