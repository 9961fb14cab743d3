# {% include "template/app/shop/products/service." ~ data_layer ~ ".py" %}
