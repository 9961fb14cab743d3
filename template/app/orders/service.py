# {% include "template/app/orders/service." ~ data_layer ~ ".py" %}
