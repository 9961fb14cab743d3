# {% include "template/app/users/service." ~ data_layer ~ ".py" %}
