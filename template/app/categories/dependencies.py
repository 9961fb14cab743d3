# {% include "template/app/categories/dependencies." ~ data_layer ~ ".py" %}
