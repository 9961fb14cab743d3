# {% include "template/app/tagging/service." ~ data_layer ~ ".py" %}
