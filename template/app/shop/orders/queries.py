# {% include "template/app/shop/orders/repository.py" %}
