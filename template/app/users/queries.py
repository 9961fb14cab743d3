# {% include "template/app/users/repository.py" %}
