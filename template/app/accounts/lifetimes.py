# {% include "template/app/accounts/lifetimes." ~ auth ~ ".py" %}
