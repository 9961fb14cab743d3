# {% include "template/app/catalog/service." ~ data_layer ~ ".py" %}
