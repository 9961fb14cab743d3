# {% include "template/tests/accounts/signing_in." ~ auth ~ ".py" %}
