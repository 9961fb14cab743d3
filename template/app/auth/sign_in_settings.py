# {% include "template/app/auth/sign_in_settings." ~ auth ~ ".py" %}
