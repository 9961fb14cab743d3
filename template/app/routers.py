# {% include "template/app/routers." ~ example ~ ".py" %}
