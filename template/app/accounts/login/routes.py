# {% include "template/app/accounts/login/routes." ~ auth ~ ".py" %}
