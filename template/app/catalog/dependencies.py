# {% include "template/app/catalog/dependencies." ~ data_layer ~ ".py" %}
