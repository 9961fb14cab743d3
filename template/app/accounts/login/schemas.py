# {% include "template/app/accounts/login/schemas." ~ auth ~ ".py" %}
