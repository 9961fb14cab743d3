# {% include "template/tests/accounts/sign_ins." ~ auth ~ ".py" %}
