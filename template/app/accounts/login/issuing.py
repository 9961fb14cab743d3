# {% include "template/app/accounts/login/issuing." ~ auth ~ ".py" %}
