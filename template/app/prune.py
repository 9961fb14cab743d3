# {% include "template/app/prune." ~ example ~ ".py" %}
