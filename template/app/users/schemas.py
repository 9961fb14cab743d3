# {% include "template/app/users/schemas." ~ example ~ ".py" %}
