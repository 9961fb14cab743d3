# {% include "template/app/products/dependencies." ~ data_layer ~ ".py" %}
