# {% include "template/app/addresses/service." ~ data_layer ~ ".py" %}
