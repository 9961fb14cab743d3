# {% include "template/tests/users/expected." ~ example ~ ".py" %}
