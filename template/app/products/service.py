# {% include "template/app/products/service." ~ data_layer ~ ".py" %}
