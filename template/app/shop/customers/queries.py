# {% include "template/app/shop/customers/repository.py" %}
