# {% include "template/app/users/dependencies." ~ data_layer ~ ".py" %}
