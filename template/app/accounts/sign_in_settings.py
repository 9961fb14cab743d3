# {% include "template/app/accounts/sign_in_settings." ~ auth ~ ".py" %}
