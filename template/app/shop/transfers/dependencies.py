# {% include "template/app/shop/transfers/dependencies." ~ data_layer ~ ".py" %}
