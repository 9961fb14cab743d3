# {% include "template/app/transfers/dependencies." ~ data_layer ~ ".py" %}
