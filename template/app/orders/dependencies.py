# {% include "template/app/orders/dependencies." ~ data_layer ~ ".py" %}
