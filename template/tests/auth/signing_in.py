# {% include "template/tests/auth/signing_in." ~ auth ~ ".py" %}
