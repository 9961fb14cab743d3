# {% include "template/app/shop/tags/service." ~ data_layer ~ ".py" %}
