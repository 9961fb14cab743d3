# {% include "template/app/models/user." ~ example ~ ".py" %}
