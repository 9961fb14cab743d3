# {% include "template/app/commands." ~ example ~ ".py" %}
