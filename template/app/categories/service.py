# {% include "template/app/categories/service." ~ data_layer ~ ".py" %}
