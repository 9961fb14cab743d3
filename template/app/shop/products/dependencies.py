# {% include "template/app/shop/products/dependencies." ~ data_layer ~ ".py" %}
