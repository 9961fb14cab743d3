# {% include "template/app/auth/lifetimes." ~ auth ~ ".py" %}
