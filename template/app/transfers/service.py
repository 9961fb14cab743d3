# {% include "template/app/transfers/service." ~ data_layer ~ ".py" %}
