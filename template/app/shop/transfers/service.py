# {% include "template/app/shop/transfers/service." ~ data_layer ~ ".py" %}
