# {% include "template/app/shop/addresses/service." ~ data_layer ~ ".py" %}
