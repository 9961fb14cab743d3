# {% include "template/app/tagging/dependencies." ~ data_layer ~ ".py" %}
