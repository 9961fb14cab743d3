# {% include "template/app/shop/orders/dependencies." ~ data_layer ~ ".py" %}
