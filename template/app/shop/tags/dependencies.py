# {% include "template/app/shop/tags/dependencies." ~ data_layer ~ ".py" %}
