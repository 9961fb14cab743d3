# {% include "template/app/shop/categories/dependencies." ~ data_layer ~ ".py" %}
