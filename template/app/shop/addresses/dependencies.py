# {% include "template/app/shop/addresses/dependencies." ~ data_layer ~ ".py" %}
