# {% include "template/app/shop/product_tags/repository.py" %}
