# {% include "template/app/addresses/dependencies." ~ data_layer ~ ".py" %}
