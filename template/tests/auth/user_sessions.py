# {% include "template/tests/auth/user_sessions." ~ auth ~ ".py" %}
