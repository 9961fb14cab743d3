# {% include "template/app/shop/categories/repository.py" %}
