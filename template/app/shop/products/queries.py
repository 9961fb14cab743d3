# {% include "template/app/shop/products/repository.py" %}
