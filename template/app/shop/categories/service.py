# {% include "template/app/shop/categories/service." ~ data_layer ~ ".py" %}
