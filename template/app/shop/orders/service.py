# {% include "template/app/shop/orders/service." ~ data_layer ~ ".py" %}
